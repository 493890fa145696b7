import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdlError } from "@kitex-ts/thrift/idl";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CodegenError } from "../errors.ts";
import { check, gen } from "./gen.ts";

let folder: string;
let idl: string;
let out: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kitex-ts-gen-"));
  idl = join(folder, "user.thrift");
  out = join(folder, "kitex_gen");
  await writeFile(idl, "namespace go app\nstruct User { 1: string name }");
});
afterEach(() => rm(folder, { recursive: true }));

describe("gen()", () => {
  it("writes one module per IDL, and leaves alone what is up to date", async () => {
    expect(await gen([idl], { out })).toMatchObject({ written: ["app/user.ts"], unchanged: [], surplus: [] });
    const longAgo = new Date(0);
    await utimes(join(out, "app/user.ts"), longAgo, longAgo);
    expect(await gen([idl], { out })).toMatchObject({ written: [], unchanged: ["app/user.ts"] });
    expect((await stat(join(out, "app/user.ts"))).mtime).toEqual(longAgo);
  });

  it("finds included files in the folders given", async () => {
    await mkdir(join(folder, "lib"));
    await writeFile(join(folder, "lib", "base.thrift"), "struct Base {}");
    await writeFile(idl, 'include "base.thrift" struct User { 1: base.Base base }');
    const { written } = await gen([idl], { out, includeDirs: [join(folder, "lib")] });
    expect(written).toEqual(["base.ts", "user.ts"]);
  });

  it("names files of earlier runs, and removes them when told to", async () => {
    await gen([idl], { out });
    await writeFile(idl, "namespace go moved\nstruct User { 1: string name }");
    await writeFile(join(out, "app", "own.ts"), "export const mine = 1;\n");
    expect(await gen([idl], { out })).toMatchObject({ surplus: ["app/user.ts"], removed: [] });
    expect(await gen([idl], { out, prune: true })).toMatchObject({ surplus: [], removed: ["app/user.ts"] });
    await expect(readFile(join(out, "app", "user.ts"))).rejects.toThrow("ENOENT");
    expect(await readFile(join(out, "app", "own.ts"), "utf8")).toContain("mine");
  });

  it("writes nothing when an IDL is wrong", async () => {
    const wrong = join(folder, "wrong.thrift");
    await writeFile(wrong, "struct S { 1: Missing m }");
    await expect(gen([idl, wrong], { out })).rejects.toThrow(IdlError);
    await expect(stat(out)).rejects.toThrow("ENOENT");
  });

  it("says what cannot be written", async () => {
    await writeFile(out, "a file where the folder should be");
    await expect(gen([idl], { out })).rejects.toThrow(CodegenError);
  });

  it("refuses to work on nothing", () => expect(gen([], { out })).rejects.toThrow("no IDL given"));
});

describe("check()", () => {
  it("is content with what gen wrote, also after Git turned the line ends around", async () => {
    await gen([idl], { out });
    expect(await check([idl], { out })).toMatchObject({ isFresh: true, current: ["app/user.ts"] });
    const path = join(out, "app", "user.ts");
    await writeFile(path, (await readFile(path, "utf8")).replaceAll("\n", "\r\n"));
    expect(await check([idl], { out })).toMatchObject({ isFresh: true });
  });

  it("lists what is stale, missing and surplus, and writes nothing", async () => {
    const other = join(folder, "other.thrift");
    const third = join(folder, "third.thrift");
    await writeFile(other, "struct Other {}");
    await writeFile(third, "struct Third {}");
    await gen([idl, other], { out });
    await writeFile(idl, "namespace go app\nstruct User { 1: string name, 2: i32 age }");
    const expected = { isFresh: false, stale: ["app/user.ts"], missing: ["third.ts"], surplus: ["other.ts"] };
    expect(await check([idl, third], { out })).toMatchObject(expected);
    expect(await check([idl, third], { out })).toMatchObject(expected);
  });

  it("takes a folder that does not exist as empty", async () => {
    expect(await check([idl], { out })).toMatchObject({ isFresh: false, missing: ["app/user.ts"] });
  });
});
