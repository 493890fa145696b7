import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type FileReader,
  IdlError,
  type LoadOptions,
  loadSources,
  loadSourcesSync,
  loadThrift,
  loadThriftSync,
  memoryReader,
  parseThrift,
  type ResolveOptions,
  resolveProgram,
  type SourceFile,
  type SyncLoadOptions,
} from "./index.ts";

const load = (files: Record<string, string>, options: Omit<SyncLoadOptions, "reader"> & ResolveOptions = {}) =>
  loadThriftSync("main.thrift", { reader: memoryReader(files), ...options });

const errorsOf = (read: () => unknown): string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof IdlError)
      return error.diagnostics.map(({ code, file, message }) => `${code} ${file} ${message}`);
    throw error;
  }
  return [];
};

describe("loadThrift()", () => {
  it("parses each file once and puts included files first", () => {
    const reads: string[] = [];
    const files = memoryReader({
      "main.thrift": 'include "a.thrift" include "b.thrift" struct M { 1: a.A a, 2: b.B b }',
      "a.thrift": 'include "./c.thrift" struct A { 1: c.C c }',
      "b.thrift": 'include "sub/../c.thrift" include "a.thrift" struct B { 1: c.C c, 2: a.A a }',
      "c.thrift": "struct C {}",
    });
    const reader = {
      read: (path: string, maxSize: number) => {
        reads.push(path);
        return files.read(path, maxSize);
      },
    };
    const { files: loaded, entry } = loadThriftSync("./main.thrift", { reader });
    expect(loaded.map(({ path }) => path)).toEqual(["c.thrift", "a.thrift", "b.thrift", "main.thrift"]);
    expect(reads).toEqual(["main.thrift", "a.thrift", "c.thrift", "b.thrift"]);
    const [a, b] = entry.structs[0]?.fields ?? [];
    const c = loaded[0]?.structs[0];
    for (const field of [a, b]) {
      const inner = field?.type.kind === "struct" ? field.type.struct.fields[0]?.type : undefined;
      expect(inner?.kind === "struct" && inner.struct).toBe(c);
    }
  });

  it("does not see includes of includes", () => {
    const files = {
      "main.thrift": 'include "a.thrift" struct M { 1: c.C c }',
      "a.thrift": 'include "c.thrift"',
      "c.thrift": "struct C {}",
    };
    expect(errorsOf(() => load(files))).toContain("TH2008 main.thrift undefined type `c.C`");
  });

  it("looks beside the including file, then in the include directories, then in the working directory", () => {
    const marks = {
      "sub/x.thrift": "const i32 A = 1",
      "inc/x.thrift": "const i32 A = 2",
      "x.thrift": "const i32 A = 3",
    };
    const files: Record<string, string> = { "sub/main.thrift": 'include "x.thrift" const i32 A = x.A', ...marks };
    const found: unknown[] = [];
    for (const gone of ["", "sub/x.thrift", "inc/x.thrift"]) {
      delete files[gone];
      const { entry } = loadThriftSync("sub/main.thrift", { reader: memoryReader(files), includeDirs: ["inc"] });
      found.push(entry.constants[0]?.value);
    }
    expect(found).toMatchObject([{ value: 1 }, { value: 2 }, { value: 3 }]);
  });

  it("looks in the working directory first in the order of Kitex", () => {
    const reader = memoryReader({
      "sub/main.thrift": 'include "x.thrift" const i32 A = x.A',
      "sub/x.thrift": "const i32 A = 1",
      "x.thrift": "const i32 A = 3",
    });
    const { entry } = loadThriftSync("sub/main.thrift", { reader, includeOrder: "kitex" });
    expect(entry.constants[0]?.value).toMatchObject({ value: 3 });
  });

  it("takes paths with either separator, absolute ones, and maps", () => {
    const reader = memoryReader(
      new Map([
        ["C:\\idl\\main.thrift", 'include "sub\\\\a.thrift" include "/abs/b.thrift" struct M { 1: a.A a, 2: b.B b }'],
        ["C:/idl/sub/a.thrift", "struct A {}"],
        ["/abs/b.thrift", "struct B {}"],
      ]),
    );
    const { files } = loadThriftSync("C:\\idl\\main.thrift", { reader });
    expect(files.map(({ path, name }) => [path, name])).toEqual([
      ["C:/idl/sub/a.thrift", "a"],
      ["/abs/b.thrift", "b"],
      ["C:/idl/main.thrift", "main"],
    ]);
  });

  it("resolves references both ways through an include cycle, and warns", () => {
    const { entry, files, diagnostics } = load({
      "main.thrift": 'include "a.thrift" struct M { 1: list<a.A> a } const i32 X = a.Y',
      "a.thrift": 'include "b.thrift" struct A { 1: b.B b } const i32 Y = b.Z',
      "b.thrift": 'include "main.thrift" struct B { 1: optional main.M m } const i32 Z = 7',
    });
    expect(files.map(({ name }) => name)).toEqual(["b", "a", "main"]);
    expect(entry.constants[0]?.value).toMatchObject({ kind: "i32", value: 7 });
    expect(diagnostics.map(({ code, file, message }) => [code, file, message])).toEqual([
      ["TH2003", "b.thrift", "the include closes a cycle: main.thrift -> a.thrift -> b.thrift -> main.thrift"],
    ]);
  });

  it("lets a file include itself, and warns", () => {
    const { diagnostics } = load({ "main.thrift": 'include "main.thrift" struct M { 1: optional main.M m }' });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "the include closes a cycle: main.thrift -> main.thrift",
    ]);
  });

  it("reports constants that refer to each other in a circle of files", () => {
    const files = {
      "main.thrift": 'include "a.thrift" const i32 X = a.Y',
      "a.thrift": 'include "main.thrift" const i32 Y = main.X',
    };
    expect(errorsOf(() => load(files))).toContain("TH4005 a.thrift the constant refers to itself: Y -> X -> Y");
  });

  it("warns about two includes of one prefix, and takes names that only one of them has", () => {
    const { diagnostics, entry } = load({
      "main.thrift": 'include "a/x.thrift" include "b/x.thrift" struct M { 1: x.A a, 2: x.B b }',
      "a/x.thrift": "struct A {}",
      "b/x.thrift": "struct B {}",
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["TH2005"]);
    expect(entry.includes.map(({ prefix, used }) => [prefix, used])).toEqual([
      ["x", true],
      ["x", true],
    ]);
  });

  it("reports the errors of all files together, in order of files and lines", () => {
    const files = {
      "main.thrift": 'include "a.thrift"\nstruct A { 1: }\n',
      "a.thrift": 'include "b.thrift"\ninclude "missing.thrift"\nstruct {}\n',
      "b.thrift": "x\ny\n",
    };
    expect(errorsOf(() => load(files))).toEqual([
      "TH1010 main.thrift expected a type, found `}`",
      "TH2001 a.thrift cannot find the included file `missing.thrift`",
      "TH1010 a.thrift expected a struct name, found `{`",
      "TH1010 b.thrift `x` begins no definition",
      "TH1010 b.thrift `y` begins no definition",
    ]);
  });

  it("says where it looked for a missing include", () => {
    const reader = memoryReader({ "sub/main.thrift": 'include "x.thrift"' });
    try {
      loadThriftSync("sub/main.thrift", { reader, includeDirs: ["idl"] });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(IdlError);
      expect(String(error)).toContain("looked for `sub/x.thrift`, `idl/x.thrift`, `x.thrift`");
    }
  });

  it("reports a missing entry without an excerpt", () => {
    expect(errorsOf(() => load({}))).toEqual(["TH2001 main.thrift there is no such file"]);
  });

  it.each<[string, () => string | Promise<string | undefined>]>([
    [
      "throws",
      () => {
        throw new Error("disk on fire");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk on fire"))],
  ])("turns a reader that %s into an error", async (_, fail) => {
    const reader: FileReader = { read: (path) => (path === "main.thrift" ? 'include "a.thrift"' : fail()) };
    await expect(loadThrift("main.thrift", { reader })).rejects.toThrow(
      /TH2002 main\.thrift:1:9 cannot read `a\.thrift`: disk on fire/,
    );
    await expect(loadThrift("a.thrift", { reader })).rejects.toThrow(
      /TH2002 a\.thrift:1:1 cannot read `a\.thrift`: disk on fire/,
    );
  });

  it("turns a reader that gives something else than a text into an error", async () => {
    const bytes = { read: () => Buffer.from("struct A {}") } as unknown as FileReader;
    await expect(loadThrift("main.thrift", { reader: bytes })).rejects.toThrow(/the reader gave object, not a text/);
  });

  it("waits for a reader", async () => {
    const files = memoryReader({
      "main.thrift": 'include "a.thrift" struct M { 1: a.A a }',
      "a.thrift": "struct A {}",
    });
    const reader: FileReader = { read: async (path, maxSize) => files.read(path, maxSize) };
    const { entry } = await loadThrift("main.thrift", { reader });
    expect(entry.structs.map(({ name }) => name)).toEqual(["M"]);
  });

  it.each<[keyof NonNullable<LoadOptions["limits"]>, number, Record<string, string>, string]>([
    [
      "maxFileSize",
      10,
      { "main.thrift": "struct LongName {}" },
      "TH9001 main.thrift the file has 18 characters, more than the limit of 10",
    ],
    ["maxTokens", 3, { "main.thrift": "struct A {}" }, "TH9002 main.thrift the file has more than 3 tokens"],
    [
      "maxNesting",
      2,
      { "main.thrift": "typedef list<list<i32>> A" },
      "TH9003 main.thrift nested more than 2 levels deep",
    ],
    [
      "maxNesting",
      2,
      { "main.thrift": "typedef list<list<i32>> L const list<L> A = [[[]]]" },
      "TH9003 main.thrift nested more than 2 levels deep",
    ],
    [
      "maxNesting",
      2,
      { "main.thrift": "typedef list<B> A typedef list<i32> B" },
      "TH9003 main.thrift the type is nested more than 2 levels deep, typedefs included",
    ],
    [
      "maxNesting",
      2,
      { "main.thrift": 'struct S { 1: optional S s } const S A = {"s": B} const S B = {"s": C} const S C = {}' },
      "TH9003 main.thrift the value is nested more than 2 levels deep, constants included",
    ],
    [
      "maxTypeSize",
      4,
      { "main.thrift": "typedef map<i32, list<B>> A typedef list<i32> B" },
      "TH9006 main.thrift the type has more than 4 parts with its typedefs written out",
    ],
    [
      "maxValueSize",
      4,
      { "main.thrift": "const list<list<i32>> A = [B, B] const list<i32> B = [1, 2]" },
      "TH9007 main.thrift the value has more than 4 parts with its constants written out",
    ],
    [
      "maxFiles",
      1,
      { "main.thrift": 'include "a.thrift"', "a.thrift": "" },
      "TH9004 main.thrift the program has more than 1 files or 67108864 characters",
    ],
    [
      "maxTotalSize",
      20,
      { "main.thrift": 'include "a.thrift"', "a.thrift": "# 345" },
      "TH9004 main.thrift the program has more than 1000 files or 20 characters",
    ],
    [
      "maxIncludeDepth",
      1,
      { "main.thrift": 'include "a.thrift"', "a.thrift": 'include "b.thrift"', "b.thrift": "" },
      "TH9005 a.thrift includes are nested more than 1 levels deep",
    ],
    [
      "maxAncestors",
      1,
      { "main.thrift": "service A {} service B extends A {} service C extends B {}" },
      "TH9008 main.thrift the service has more than 1 ancestors",
    ],
  ])("keeps to %s", (limit, value, files, error) => {
    expect(errorsOf(() => load(files, { limits: { [limit]: value } }))).toEqual([error]);
    expect(errorsOf(() => load(files))).toEqual([]);
  });
});

describe("loadThrift() from the file system", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "kitex-ts-idl-"));
    mkdirSync(join(directory, "folder.thrift"));
    mkdirSync(join(directory, "inc"));
    writeFileSync(
      join(directory, "main.thrift"),
      'include "a.thrift"\ninclude "inc/../a.thrift"\nstruct M { 1: a.A a }\n',
    );
    writeFileSync(join(directory, "inc", "a.thrift"), "\uFEFFstruct A {}\r\n");
    writeFileSync(join(directory, "folder-include.thrift"), 'include "folder.thrift"');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const options = (): LoadOptions => ({ includeDirs: [join(directory, "inc")] });

  it("finds files, by either reader, and knows a file by every spelling of its path", async () => {
    const path = join(directory, "main.thrift");
    const spelled = relative(process.cwd(), path);
    writeFileSync(join(directory, "a.thrift"), "struct A {}");
    const { files } = await loadThrift(path, options());
    expect(files).toHaveLength(2);
    expect(loadThriftSync(spelled, { includeDirs: [join(directory, "inc")] }).files).toHaveLength(2);
    rmSync(join(directory, "a.thrift"));
    expect((await loadThrift(path, options())).files).toHaveLength(2);
  });

  it.each(["folder.thrift", "nothing.thrift", "main.thrift/below", "nul\0.thrift"])(
    "does not find %j",
    async (name) => {
      await expect(loadThrift(join(directory, name))).rejects.toThrow(/there is no such file[\s\S]*name its files/);
      expect(errorsOf(() => loadThriftSync(join(directory, name)))).toHaveLength(1);
    },
  );

  it("does not take a folder for an included file", async () => {
    await expect(loadThrift(join(directory, "folder-include.thrift"))).rejects.toThrow(/cannot find the included file/);
  });

  it("does not read a file that is far too large", async () => {
    const limits = { maxFileSize: 4 };
    await expect(loadThrift(join(directory, "main.thrift"), { limits })).rejects.toThrow(
      /cannot read .*: it has \d+ bytes/,
    );
  });
});

describe("resolveProgram()", () => {
  it("takes documents from anywhere", async () => {
    const base: SourceFile = { path: "base.thrift", document: parseThrift("struct B {}"), includes: [] };
    const document = parseThrift('include "somewhere/base.thrift" struct A { 1: base.B b }');
    const [node] = document.includes;
    if (node === undefined) throw new Error("expected an include");
    const entry: SourceFile = { path: "a.thrift", document, includes: [{ node, file: base }] };
    const { files } = resolveProgram({ entry, files: [base, entry], diagnostics: [] });
    expect(files.map(({ name }) => name)).toEqual(["base", "a"]);
  });

  it("takes what loadSources() gives", async () => {
    const reader = memoryReader({ "main.thrift": "struct A {}" });
    const sources = await loadSources("main.thrift", { reader });
    expect(sources.entry.document.definitions).toEqual(
      loadSourcesSync("main.thrift", { reader }).entry.document.definitions,
    );
    expect(resolveProgram(sources).entry.structs).toHaveLength(1);
  });
});
