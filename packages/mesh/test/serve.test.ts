import { ClusterLoadAssignment } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { type MeshEvent, serve } from "../src/index.ts";
import { TestAdsClient } from "./ads-client.ts";
import { BASE, HOST, weightedRule } from "./manifests.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

describe("serve()", () => {
  it("serves paths and endpoints, and tells what goes on", async () => {
    using folder = new TemporaryFolder({
      "base.yaml": BASE,
      "rule.yaml": weightedRule(50).replace("subset: v1", "subset: v9"),
      "endpoints.json":
        '{"endpoints": [{"service": "kitex-server.default", "labels": {"version": "v1"}, "address": "127.0.0.1:18881"}]}',
    });
    const lines: string[] = [];
    const events: MeshEvent[] = [];
    await using mesh = await serve([folder.join("base.yaml"), folder.join("rule.yaml")], {
      port: 0,
      endpoints: folder.join("endpoints.json"),
      log: (line) => lines.push(line),
      onEvent: (event) => events.push(event),
    });
    using client = new TestAdsClient(mesh.address);
    const eds = await client.subscribe("eds", [`outbound|80|v1|${HOST}`]);
    const assignment = ClusterLoadAssignment.decode(eds.resources[0]?.value ?? new Uint8Array());
    expect(assignment.endpoints[0]?.lbEndpoints[0]?.endpoint?.address?.socketAddress).toMatchObject({
      address: "127.0.0.1",
      portValue: 18_881,
    });
    await mesh.synced();

    const text = lines.join("\n");
    expect(text).toMatch(new RegExp(`xDS on 127\\.0\\.0\\.1:${mesh.address.port}`));
    expect(text).toMatch(/kitex-client-0\.default connected from \S+ \(sidecar dialect\)/);
    expect(text).toMatch(/EDS to kitex-client-0\.default: 1 resource$/m);
    expect(lines.filter((line) => /^warning: .*rule\.yaml:9:.*no subset v9/.test(line))).toHaveLength(1);
    expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining(["change", "connect", "push"]));
  });

  it("says that the last good state stays", async () => {
    using folder = new TemporaryFolder({ "base.yaml": BASE });
    let said: (lines: string[]) => void = () => undefined;
    const stayed = new Promise<string[]>((resolve) => {
      said = resolve;
    });
    const lines: string[] = [];
    await using _mesh = await serve([folder.path], {
      port: 0,
      pollIntervalMs: 50,
      log: (line) => {
        lines.push(line);
        if (line === "the last good state stays") said(lines);
      },
    });
    folder.write("base.yaml", "a: b: c\n");
    expect((await stayed).at(-2)).toMatch(/base\.yaml:1:\d+: not valid YAML/);
  });

  it("fails before it listens when a source is bad", async () => {
    using folder = new TemporaryFolder({ "base.yaml": "a: b: c\n" });
    const log = (): void => undefined;
    await expect(serve([folder.path], { port: 0, log })).rejects.toMatchObject({ kind: "config" });
    await expect(serve([], { prot: 1 } as object)).rejects.toThrow(/unknown option prot/);
  });
});
