import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadThriftSync, memoryReader } from "@kitex-ts/thrift/idl";
import { describe, expect, it } from "vitest";
import { generate } from "../src/index.ts";
import { compile, repositorySettings } from "./compile.ts";

const words = `
  arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if
  implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var
  void while with yield any bigint boolean never number object string symbol undefined unknown abstract accessor as asserts assert async constructor
  declare from get global infer intrinsic is keyof module namespace of out override readonly require set type unique using satisfies then exports
  globalThis NaN Infinity Object Function Array Map Set Promise Error Symbol String Number Boolean Date RegExp Record Readonly ReadonlyMap ReadonlySet
  Iterable Uint8Array Partial Context CallOption ServiceInfo StructDescriptor structDescriptor serviceInfo exceptionClass ExceptionClass OpenEnum
  ThriftException unionDescriptor name message stack cause toString valueOf hasOwnProperty prototype length __proto__ __dirname __filename __esModule
  target meta ctx options value kind process Buffer console
`
  .trim()
  .split(/\s+/);

const each = (line: (word: string, index: number) => string, separator = "\n"): string =>
  words.map(line).join(separator);
const field = (word: string, index: number): string => `${index + 1}: i32 ${word}`;
const idls: Readonly<Record<string, string>> = {
  structs: each((word) => `struct ${word} { 1: string a }`),
  enums: each((word) => `enum ${word} { A = 1, ${word} = 2 }`),
  unions: each((word) => `union ${word} { 1: i64 a }`),
  exceptions: each((word) => `exception ${word} { 1: i64 a, 2: map<string, i64> b }`),
  typedefs: each((word) => `typedef map<string, i64> ${word}`),
  constants: each((word) => `const map<string, list<double>> ${word} = {"a": [1.0]}`),
  services: each((word) => `service ${word} { set<string> a(1: map<string, i64> b) }`),
  members: `
    struct S { ${each(field)} }
    struct O { ${each((word, index) => `${index + 1}: optional i32 ${word}`)} }
    const O NOTHING = {}
    struct D { 1: map<i32, O> nothing = {1: {}} }
    union U { ${each(field)} }
    exception X { ${each(field)} }
    service Methods { ${each((word) => `i32 ${word}(1: i32 ${word})`)} }
    service Arguments { i32 all(${each(field, ", ")}) }`,
  uses: `
    include "structs.thrift" include "enums.thrift" include "unions.thrift" include "exceptions.thrift" include "typedefs.thrift"
    ${["structs", "enums", "unions", "typedefs"]
      .map((file) => `struct ${file}Used { ${each((word, index) => `${index + 1}: ${file}.${word} f${index}`)} }`)
      .join("\n")}
    service Uses { ${each((word, index) => `void f${index}(1: structs.${word} a) throws (1: exceptions.${word} e)`)} }
    ${each((word, index) => `const enums.${word} E${index} = enums.${word}.A`)}`,
};

describe("names that mean something in TypeScript", () => {
  it("give modules that compile and load", { timeout: 60_000 }, async () => {
    const sources = Object.fromEntries(Object.entries(idls).map(([name, idl]) => [`${name}.thrift`, idl]));
    const programs = Object.keys(sources).map((entry) => loadThriftSync(entry, { reader: memoryReader(sources) }));
    const { files } = generate(programs);
    // Inside the package, so that the runtime is found.
    const cache = join(import.meta.dirname, "..", ".cache");
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, "names-"));
    try {
      for (const { path, text } of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const paths = files.map(({ path }) => join(folder, path));
      expect(compile(folder, paths, repositorySettings())).toEqual([]);
      for (const path of paths) expect(await import(path)).toBeTypeOf("object");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
