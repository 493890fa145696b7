import { describe, expect, it } from "vitest";
import { buildModel } from "../src/model/mesh-model.ts";
import { readObject } from "../src/model/read-object.ts";
import { parseNode, viewOf } from "../src/resources/client-view.ts";
import { createGenerator, type ResourceTypeName, TYPES } from "../src/resources/generator.ts";
import { readSource } from "../src/yaml/read.ts";
import { comparableResources, configFile, readNode, readRecording, SCENARIOS } from "./golden.ts";

const ORDER: readonly ResourceTypeName[] = ["lds", "rds", "cds", "eds", "nds"];

const modelOf = async (scenario: string) => {
  const source = await readSource(configFile(scenario));
  const objects = source.manifests.flatMap((manifest) => readObject(manifest) ?? []);
  expect(source.diagnostics.errors).toEqual([]);
  return { model: buildModel(objects, [], "cluster.local"), warnings: source.diagnostics.warnings };
};

describe("resources compared with the recordings of istiod", () => {
  it("has the scenarios", () => {
    expect(SCENARIOS).toEqual(
      expect.arrayContaining([
        ...["01-no-rules", "02-weights", "03-header-match", "04-uri-match", "05-timeout-retry"],
        ...["12b-two-virtualservices", "13-port-protocols"],
      ]),
    );
  });

  for (const scenario of SCENARIOS) {
    for (const dialect of ["sidecar", "grpc"]) {
      for (const type of ORDER) {
        it(`${scenario} ${dialect} ${type}`, async () => {
          const { model } = await modelOf(scenario);
          const node = parseNode(readNode(scenario, dialect));
          if (typeof node === "string") throw new Error(node);
          const recording = readRecording(scenario, dialect, type);
          if (recording === undefined) throw new Error("no recording");
          const generator = createGenerator(model, viewOf(node, model));
          const generated = generator.generate(type, new Set(recording.names));
          const resources = comparableResources(
            TYPES[type],
            generated.map(({ bytes }) => bytes),
          );
          expect(resources).toEqual(recording.resources);
        });
      }
    }
  }
});
