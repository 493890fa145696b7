import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary, fromCompact, type StructDescriptor, toBinary, toCompact } from "@kitex-ts/thrift";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GenerateOptions, gen } from "../src/index.ts";
import { compile, repositorySettings } from "./compile.ts";

const older = `
struct Profile { 1: string name, 2: optional Choice choice }
union Choice { 1: string text }
exception Refused { 1: string message }
`;
const newer = `
struct Profile { 1: string name, 2: optional Choice choice, 3: list<i64> ids, 4: map<string, Profile> friends }
union Choice { 1: string text, 2: Profile profile }
exception Refused { 1: string message, 2: i32 code }
`;

type Generated = Readonly<Record<"Profile" | "Choice" | "Refused", StructDescriptor<unknown>>>;

let folder: string;
beforeAll(() => {
  const cache = join(import.meta.dirname, "..", ".cache");
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "unknown-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const generated = async (name: string, idl: string, options: GenerateOptions): Promise<Generated> => {
  const out = join(folder, name);
  mkdirSync(out);
  writeFileSync(join(out, "version.thrift"), idl);
  await gen([join(out, "version.thrift")], { ...options, out });
  return (await import(join(out, "version.ts"))) as Generated;
};

const protocols = [
  { encode: toBinary, decode: fromBinary },
  { encode: toCompact, decode: fromCompact },
];

describe("code generated to keep unknown fields", () => {
  it.each(["load", "aot"] as const)("hands on what only the newer IDL has, codec %s", async (codec) => {
    const old = await generated(`old-${codec}`, older, { codec, keepUnknownFields: true });
    const next = await generated(`new-${codec}`, newer, {});
    const friend = next.Profile.create({ name: "b", ids: [5n], choice: { case: "text", value: "x" } });
    const profile = next.Profile.create({
      name: "a",
      choice: { case: "profile", value: friend },
      ids: [1n, 2n],
      friends: { b: friend },
    });
    for (const { encode, decode } of protocols) {
      const passing = decode(old.Profile, encode(next.Profile, profile));
      expect(passing).toMatchObject({ name: "a", choice: { case: undefined } });
      expect(decode(next.Profile, encode(old.Profile, passing))).toEqual(profile);
      const refused = decode(old.Refused, encode(next.Refused, { message: "no", code: 7 }));
      expect(decode(next.Refused, encode(old.Refused, refused))).toMatchObject({ message: "no", code: 7 });
    }
  });

  it("compiles, and says so in every descriptor", async () => {
    await generated("compiled", older, { keepUnknownFields: true });
    const path = join(folder, "compiled", "version.ts");
    expect(readFileSync(path, "utf8").match(/keepUnknownFields: true/g)).toHaveLength(3);
    expect(compile(folder, [path], repositorySettings())).toEqual([]);
  }, 60_000);

  it("is not what one gets without asking", async () => {
    const old = await generated("forgetful", older, {});
    const next = await generated("newest", newer, {});
    const passing = fromBinary(old.Profile, toBinary(next.Profile, { name: "a", ids: [1n] }));
    expect(fromBinary(next.Profile, toBinary(old.Profile, passing))).toMatchObject({ name: "a", ids: [] });
  });
});
