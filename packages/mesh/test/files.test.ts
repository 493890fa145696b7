import { describe, expect, it } from "vitest";
import { createMesh, MeshConfigError } from "../src/index.ts";
import { BASE, weightedRule } from "./manifests.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const apply = async (path: string) => {
  await using mesh = createMesh();
  return await mesh.apply(path);
};

const failure = async (path: string): Promise<string> => {
  const error: unknown = await apply(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MeshConfigError)) throw new Error("it was not refused", { cause: error });
  return error.message;
};

const KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

describe("folders", () => {
  it("are read with their subfolders, in the order of names", async () => {
    using folder = new TemporaryFolder({
      "b.yaml": weightedRule(50),
      "a/base.yml": BASE,
      "c.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
      "notes.txt": "no manifest",
      ".hidden/d.yaml": "not: read",
      "node_modules/e.yaml": "not: read",
    });
    const { objects } = await apply(folder.path);
    expect(objects.slice(-2)).toEqual(["VirtualService default/kitex-server", "ConfigMap default/c"]);
    expect(objects).toHaveLength(6);
  });

  it("leave kustomize folders inside them alone, and say so", async () => {
    using folder = new TemporaryFolder({
      "base.yaml": BASE,
      "overlay/kustomization.yaml": `${KUSTOMIZATION}resources: [rule.yaml]\n`,
      "overlay/rule.yaml": weightedRule(50),
    });
    const { objects, warnings } = await apply(folder.path);
    expect(objects).not.toContain("VirtualService default/kitex-server");
    expect(warnings).toMatchObject([{ file: folder.join("overlay"), hint: "name it explicitly" }]);
  });

  it("refuse the same object in two files", async () => {
    using folder = new TemporaryFolder({ "a.yaml": weightedRule(1), "b.yaml": weightedRule(2) });
    expect(await failure(folder.path)).toMatch(/b\.yaml:2:1: .*is defined twice .*a\.yaml:2/);
  });
});

describe("kustomize folders", () => {
  it("are rendered: files and other kustomize folders", async () => {
    using folder = new TemporaryFolder({
      "base/kustomization.yaml": `${KUSTOMIZATION}resources: [all.yaml]\n`,
      "base/all.yaml": BASE,
      "base/other.yaml": weightedRule(1),
      "overlay/kustomization.yml": `${KUSTOMIZATION}resources: [rule.yaml]\nbases: [../base]\n`,
      "overlay/rule.yaml": weightedRule(50),
    });
    const { objects, warnings } = await apply(folder.join("overlay"));
    expect(objects).toHaveLength(5);
    expect(warnings).toEqual([]);
  });

  it("pass over what changes nothing that is served, and say so", async () => {
    using folder = new TemporaryFolder({
      "kustomization.yaml": "images: [{name: a, newTag: b}]\nresources: [a.yaml]\n",
      "a.yaml": BASE,
    });
    expect((await apply(folder.path)).warnings).toMatchObject([{ path: "images", line: 1 }]);
  });

  it.each([
    ["a transformer", "namePrefix: x-\n", /:1:13: namePrefix: namePrefix is not supported.*kubectl kustomize/],
    [
      "a file that is not there",
      "resources:\n- a.yaml\n",
      /kustomization.yaml:2:3: resources\[0\]: no such file or folder/,
    ],
    ["a folder that is none", "resources: [sub]\n", /has no kustomization file/],
    ["itself", "bases: [.]\n", /is part of itself/],
    ["a remote resource", "resources: ['https://example.com/a.yaml']\n", /remote resources are not fetched/],
    ["no YAML", "a: b: c\n", /not valid YAML/],
    ["a list", "- a\n", /expected a mapping/],
  ])("refuse %s", async (_what, text, expected) => {
    using folder = new TemporaryFolder({ "kustomization.yaml": text, "sub/a.yaml": BASE });
    expect(await failure(folder.path)).toMatch(expected);
  });
});

describe("paths", () => {
  it("must lead somewhere", async () => {
    using folder = new TemporaryFolder();
    expect(await failure(folder.join("nothing"))).toMatch(/nothing: no such file or folder/);
  });

  it("must not lead to files of absurd size", async () => {
    using folder = new TemporaryFolder({ "big.yaml": "#".repeat(8 * 1024 * 1024 + 1) });
    expect(await failure(folder.path)).toMatch(/big\.yaml: larger than/);
  });

  it("name the file in problems", async () => {
    using folder = new TemporaryFolder({ "rule.yaml": weightedRule(50).replace("weight", "wieght") });
    expect(await failure(folder.path)).toMatch(
      /rule\.yaml:9:\d+: VirtualService default\/kitex-server: spec\.http\[0\]/,
    );
  });
});
