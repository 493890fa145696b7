import { renameSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMesh, type Mesh, type MeshEvents } from "../src/index.ts";
import { BASE, HOST, weightedRule } from "./manifests.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const next = <Name extends keyof MeshEvents>(mesh: Mesh, name: Name): Promise<MeshEvents[Name]> =>
  new Promise((resolve) => {
    const off = mesh.on(name, (event) => {
      off();
      resolve(event);
    });
  });

const startMesh = (): Mesh => createMesh({ pollIntervalMs: 50 });

describe("Mesh.watch()", () => {
  it("follows changed, added, replaced and removed files", async () => {
    using folder = new TemporaryFolder({ "base.yaml": BASE });
    await using mesh = startMesh();
    expect((await mesh.watch(folder.path)).objects).toHaveLength(4);

    let changed = next(mesh, "change");
    folder.write("other.yaml", BASE.replaceAll("kitex-server", "other-server"));
    expect((await changed).services).toEqual([HOST, HOST.replace("kitex-server", "other-server")]);

    changed = next(mesh, "change");
    folder.write("other.yaml", BASE.replaceAll("kitex-server", "third-server"));
    expect((await changed).services).toEqual([HOST, HOST.replace("kitex-server", "third-server")]);

    changed = next(mesh, "change");
    folder.write("other.yaml.part", BASE.replaceAll("kitex-server", "fourth-server"));
    renameSync(folder.join("other.yaml.part"), folder.join("other.yaml"));
    expect((await changed).services).toEqual([HOST.replace("kitex-server", "fourth-server"), HOST]);

    changed = next(mesh, "change");
    folder.remove("other.yaml");
    expect((await changed).services).toEqual([HOST]);
  });

  it("keeps the last good state while a file is bad, and says what is wrong", async () => {
    using folder = new TemporaryFolder({ "base.yaml": BASE });
    await using mesh = startMesh();
    await mesh.watch(folder.join("base.yaml"));
    const failed = next(mesh, "error");
    folder.write("base.yaml", BASE.replace("port: 80,", "port: eighty,"));
    expect((await failed).error.message).toMatch(
      /base\.yaml:7:18: Service default\/kitex-server: spec.ports\[0\].port: expected a whole number, found the text "eighty"/,
    );
    mesh.setEndpoints([]);
    expect(mesh.warnings).toEqual([]);

    const changed = next(mesh, "change");
    folder.write("base.yaml", BASE.replace("port: 80,", "port: 81,"));
    expect((await changed).services).toEqual([HOST]);
  });

  it("follows files outside of the folder that a kustomization names, and folders that come back", async () => {
    using folder = new TemporaryFolder({
      "base/kustomization.yaml": "resources: [all.yaml]\n",
      "base/all.yaml": BASE,
      "overlay/kustomization.yaml": "bases: [../base]\n",
    });
    await using mesh = startMesh();
    await mesh.watch(folder.join("overlay"));

    let changed = next(mesh, "change");
    folder.write("base/all.yaml", BASE.replaceAll("kitex-server", "other-server"));
    expect((await changed).services).toEqual([HOST.replace("kitex-server", "other-server")]);

    const failed = next(mesh, "error");
    folder.remove("base");
    expect((await failed).error.message).toMatch(/no such file or folder: .*base/);

    changed = next(mesh, "change");
    folder.write("base/all.yaml", BASE);
    folder.write("base/kustomization.yaml", "resources: [all.yaml]\n");
    expect((await changed).services).toEqual([HOST]);
  });

  it("refuses what is bad from the start, and can be tried again", async () => {
    using folder = new TemporaryFolder({ "base.yaml": "a: b: c" });
    await using mesh = startMesh();
    await expect(mesh.watch(folder.path)).rejects.toMatchObject({ kind: "config" });
    folder.write("base.yaml", BASE);
    await mesh.watch(folder.path);
    await expect(mesh.watch(folder.path)).rejects.toThrow(/is watched already/);
  });

  it("gives way to what is applied", async () => {
    using folder = new TemporaryFolder({ "base.yaml": BASE });
    await using mesh = startMesh();
    await mesh.watch(folder.path);
    await mesh.apply(weightedRule(50).replace("subset: v1", "subset: v9"));
    expect(mesh.warnings).toMatchObject([{ file: "<text>", message: /no subset v9/ }]);
    const changed = next(mesh, "change");
    folder.write("rule.yaml", weightedRule(10));
    expect((await changed).warnings).toMatchObject([{ message: /no subset v9/ }]);
    await mesh.delete(weightedRule(50));
    expect(mesh.warnings).toEqual([]);
  });
});

describe("Mesh.watchEndpoints()", () => {
  it("follows the file", async () => {
    using folder = new TemporaryFolder({ "endpoints.yaml": "endpoints: []\n" });
    await using mesh = startMesh();
    await mesh.apply(BASE);
    await mesh.watchEndpoints(folder.join("endpoints.yaml"));

    const changed = next(mesh, "change");
    folder.write("endpoints.yaml", "endpoints:\n- {service: nobody, address: '127.0.0.1:1'}\n");
    expect((await changed).warnings).toMatchObject([
      { file: folder.join("endpoints.yaml"), line: 2, message: /no Service/ },
    ]);

    const failed = next(mesh, "error");
    folder.write("endpoints.yaml", "endpoints:\n- {service: nobody, address: nowhere}\n");
    expect((await failed).error.message).toMatch(
      /endpoints\.yaml:2:30: endpoints\[0\].address: "nowhere" is not ip:port/,
    );
  });

  it("refuses a file that is not there or not of that form", async () => {
    using folder = new TemporaryFolder({ "a.json": '{"endpoint": []}', "b.json": "{" });
    await using mesh = startMesh();
    await expect(mesh.watchEndpoints(folder.join("none"))).rejects.toThrow(/no such file/);
    await expect(mesh.watchEndpoints(folder.join("a.json"))).rejects.toThrow(/did you mean endpoints\?/);
    await expect(mesh.watchEndpoints(folder.join("b.json"))).rejects.toMatchObject({ kind: "config" });
  });
});
