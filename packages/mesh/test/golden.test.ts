import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMesh, type Mesh } from "../src/index.ts";
import type { ResourceTypeName } from "../src/resources/generator.ts";
import { TestAdsClient } from "./ads-client.ts";
import { comparableResources, configFile, readNode, readRecording, SCENARIOS } from "./golden.ts";

const TYPES: readonly ResourceTypeName[] = ["lds", "rds", "cds", "eds", "nds"];

const REQUIRED = [
  ...["01-no-rules", "02-weights", "03-header-match", "04-uri-match", "05-timeout-retry"],
  ...["12b-two-virtualservices", "13-port-protocols"],
];

describe("resources compared with the recordings of istiod", () => {
  it("has the recordings", () => {
    expect(SCENARIOS).toEqual(expect.arrayContaining(REQUIRED));
  });

  describe.each(REQUIRED)("%s", (scenario) => {
    let mesh: Mesh;
    beforeAll(async () => {
      mesh = createMesh();
      await mesh.apply(configFile(scenario));
      await mesh.listen();
    });
    afterAll(() => mesh.close());

    for (const dialect of ["sidecar", "grpc"]) {
      it.each(TYPES)(`${dialect} %s`, async (type) => {
        const recording = readRecording(scenario, dialect, type);
        using client = new TestAdsClient(mesh.address ?? { host: "", port: 0 }, readNode(scenario, dialect));
        const isWildcard = type === "nds" || (dialect === "sidecar" && (type === "lds" || type === "cds"));
        const response = await client.subscribe(type, isWildcard ? [] : Object.keys(recording));
        expect(comparableResources(response)).toEqual(recording);
      });
    }
  });
});
