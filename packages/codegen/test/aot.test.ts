import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toBinary } from "@kitex-ts/thrift";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check, type GenReport, gen } from "../src/index.ts";
import { compile, repositorySettings } from "./compile.ts";
import * as atLoad from "./generated/kitchen/kitchen.ts";

const idls = ["kitchen", "clashes"].map((name) => join(import.meta.dirname, "idl", `${name}.thrift`));
let folder: string;
let report: GenReport;

beforeAll(async () => {
  const cache = join(import.meta.dirname, "..", ".cache");
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "aot-"));
  report = await gen(idls, { out: folder, codec: "aot" });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("codecs printed ahead of time", () => {
  it("stand beside their modules, and are checked like them", async () => {
    expect(report.written).toEqual(expect.arrayContaining(["kitchen/kitchen.ts", "kitchen/kitchen.codec.ts"]));
    expect(await check(idls, { out: folder, codec: "aot" })).toMatchObject({ isFresh: true });
    expect(await check(idls, { out: folder })).toMatchObject({
      isFresh: false,
      surplus: expect.arrayContaining(["kitchen/kitchen.codec.ts"]),
    });
  });

  it("compile", { timeout: 60_000 }, () => {
    const files = report.written.map((path) => join(folder, path));
    expect(compile(folder, files, repositorySettings())).toEqual([]);
  });

  it("give the bytes that code made at load gives", async () => {
    const aot = (await import(join(folder, "kitchen", "kitchen.ts"))) as typeof atLoad;
    expect(toBinary(aot.User, aot.ROOT)).toEqual(toBinary(atLoad.User, atLoad.ROOT));
    const choice = { case: "places", value: new Map([["home", { street: "here" }]]) } as const;
    expect(toBinary(aot.Choice, choice)).toEqual(toBinary(atLoad.Choice, choice));
    expect(toBinary(aot.NotFound, new aot.NotFound({ near: {} }))).toEqual(
      toBinary(atLoad.NotFound, new atLoad.NotFound({ near: {} })),
    );
  });

  it("need no code from strings, also where the IDL has a Map of its own", () => {
    const script = `
      const { fromBinary, toBinary } = await import("@kitex-ts/thrift");
      const { Map: Clash } = await import("./clashes/clashes.ts");
      const { Kitchen } = await import("./kitchen/kitchen.ts");
      const value = fromBinary(Clash, toBinary(Clash, { a: { b: 1 } }));
      if (value.a.get("b") !== 1) throw new Error("not what was sent");
      for (const { codec } of Kitchen.methods) if (codec === undefined) throw new Error("no codec");
    `;
    const flags = ["--disallow-code-generation-from-strings", "--conditions=@kitex-ts/source", "--input-type=module"];
    execFileSync(process.execPath, [...flags, "--eval", script], { cwd: folder, encoding: "utf8" });
  });
});
