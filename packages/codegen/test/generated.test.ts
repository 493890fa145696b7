import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../src/index.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** Generated code that is committed, and the IDLs it comes from. */
const committed: readonly (readonly [string, readonly string[]])[] = [
  [
    "packages/codegen/test/generated",
    ["kitchen", "clashes", "rules"].map((name) => `packages/codegen/test/idl/${name}.thrift`),
  ],
  ...globSync(["{proxyless-test,bench}/kitex_gen", "examples/*/kitex_gen"], { cwd: root })
    .sort()
    .map((folder): readonly [string, readonly string[]] => {
      const home = folder.slice(0, -"kitex_gen".length);
      return [folder, globSync(`${home}idl/*.thrift`, { cwd: root }).sort()];
    }),
  // As the script `generate` of interop does it.
  [
    "interop/kitex_gen",
    ["interop/idl/interop.thrift", "interop/idl/newer.thrift", "proxyless-test/idl/proxyless.thrift"],
  ],
  ["interop/apache/kitex_gen", ["interop/apache/idl/judge.thrift"]],
];

describe("committed generated code", () => {
  it.each(committed)("%s is what its IDL gives", async (folder, idls) => {
    const { stale, missing, surplus } = await check(
      idls.map((idl) => join(root, idl)),
      { out: join(root, folder) },
    );
    const advice = `kitex-ts gen ${idls.join(" ")} --out ${folder} --prune`;
    expect({ stale, missing, surplus }, advice).toEqual({ stale: [], missing: [], surplus: [] });
  });

  it("is there ahead of time, for the benchmark of codecs", async () => {
    const out = join(root, "bench", "codec", "generated");
    const { stale, missing } = await check([join(root, "bench", "idl", "bench.thrift")], { out, codec: "aot" });
    expect({ stale, missing }, "npm run generate, in bench").toEqual({ stale: [], missing: [] });
  });

  it.each(globSync("generated/**/*.ts", { cwd: import.meta.dirname }).sort())(
    "%s is formatted as a formatter would",
    (path) => {
      const text = readFileSync(join(import.meta.dirname, path), "utf8");
      const formatted = execFileSync(
        join(root, "node_modules", ".bin", "biome"),
        ["format", "--stdin-file-path=any.ts"],
        {
          cwd: root,
          input: text,
          encoding: "utf8",
        },
      );
      expect(formatted).toBe(text);
    },
  );
});
