import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "./cli.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kitex-ts-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

const run = async (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> => {
  const written = { out: "", err: "" };
  const code = await runCli(args, {
    streams: { out: (text) => (written.out += text), err: (text) => (written.err += text) },
  });
  // The folder's name is another in every run.
  const { out, err } = written;
  return { code, out: out.replaceAll(folder, "/project"), err: err.replaceAll(folder, "/project") };
};

const writeIdl = async (text: string): Promise<string> => {
  const path = join(folder, "user.thrift");
  await writeFile(path, text);
  return path;
};

describe("kitex-ts", () => {
  it("shows what it can do", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    for (const command of ["create", "gen", "mesh"]) expect(out).toContain(`  ${command} `);
  });

  it.each([["gen"], ["create"], ["mesh"], ["mesh", "serve"]])("explains %s %s", async (...command) => {
    const { code, out } = await run(...command, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`Usage: kitex-ts ${command.join(" ")} `);
  });

  it("says its version", async () => {
    const manifest = await readFile(join(import.meta.dirname, "..", "package.json"), "utf8");
    const { version } = JSON.parse(manifest) as { readonly version: string };
    expect(await run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it.each([
    [["gne"], "error: unknown command 'gne'\n(Did you mean gen?)\n(kitex-ts --help shows what there is)\n"],
    [
      ["gen", "a.thrift", "--ot", "x"],
      "error: unknown option '--ot'\n(Did you mean --out?)\n(kitex-ts gen --help shows what there is)\n",
    ],
    [
      ["mesh", "serv", "x"],
      "error: unknown command 'serv'\n(Did you mean serve?)\n(kitex-ts mesh --help shows what there is)\n",
    ],
    [["gen"], "error: missing required argument 'idl'\n(kitex-ts gen --help shows what there is)\n"],
    [
      ["gen", "a.thrift", "--int64", "long"],
      "error: option '--int64 <type>' argument 'long' is invalid. Allowed choices are bigint, number, string.\n(kitex-ts gen --help shows what there is)\n",
    ],
    [
      ["mesh", "serve", "x", "--port", "70000"],
      "error: option '-p, --port <port>' argument '70000' is invalid. a port is a number from 0 to 65535\n(kitex-ts mesh serve --help shows what there is)\n",
    ],
  ])("exits with 2 when it is called wrongly: %j", async (args, err) => {
    expect(await run(...args)).toEqual({ code: 2, out: "", err });
  });
});

describe("kitex-ts gen", () => {
  it("writes what is not up to date", async () => {
    const idl = await writeIdl("namespace go app\nstruct User { 1: string name }");
    const out = join(folder, "gen");
    expect(await run("gen", idl, "--out", out)).toEqual({ code: 0, out: "wrote /project/gen/app/user.ts\n", err: "" });
    expect(await run("gen", idl, "--out", out)).toEqual({
      code: 0,
      out: "1 file up to date in /project/gen\n",
      err: "",
    });
  });

  it("checks, and says what is stale, missing and surplus", async () => {
    const idl = await writeIdl("struct User { 1: string name }");
    const out = join(folder, "gen");
    await run("gen", idl, "--out", out);
    expect(await run("gen", idl, "--out", out, "--check")).toMatchObject({ code: 0, err: "" });
    await writeIdl("namespace go app\nstruct User { 1: string name }");
    expect(await run("gen", idl, "--out", out, "--check")).toEqual({
      code: 1,
      out: "",
      err: `missing /project/gen/app/user.ts
surplus /project/gen/user.ts
kitex-ts: /project/gen is not what the IDL gives; run: kitex-ts gen /project/user.thrift --out /project/gen --prune
`,
    });
    expect(await run("gen", idl, "--out", out)).toMatchObject({
      code: 0,
      err: "/project/gen/user.ts is generated, but not from these IDLs; --prune removes it\n",
    });
    expect(await run("gen", idl, "--out", out, "--prune")).toMatchObject({
      code: 0,
      out: expect.stringContaining("removed /project/gen/user.ts\n"),
    });
  });

  it("shows where an IDL is wrong, without a stack trace", async () => {
    const idl = await writeIdl("struct User {\n  1: Strin name\n}");
    expect(await run("gen", idl, "--out", join(folder, "gen"))).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /^error TH\d+ \/project\/user\.thrift:2:6 undefined type `Strin`\n 2 \| {3}1: Strin name\n {3}\| {6}\^{5}\n {2}hint: did you mean `string`\?\n$/,
      ),
    });
  });

  it("passes warnings on, and what is left out", async () => {
    const idl = await writeIdl(
      'struct A { 0: i32 x }\nservice S { A chat(1: A a) (streaming.mode = "bidirectional") }',
    );
    const { code, err } = await run("gen", idl, "--out", join(folder, "gen"));
    expect(code).toBe(0);
    expect(err).toContain("warning TH");
    expect(err).toContain(
      "warning /project/user.thrift:2:15 S.chat is left out: streaming methods are not supported\n",
    );
  });

  it("refuses a rule that cannot be checked, where it stands", async () => {
    const idl = await writeIdl('struct User {\n  1: i32 age (vt.pattern = "a")\n}');
    const { code, err } = await run("gen", idl, "--out", join(folder, "gen"));
    expect(code).toBe(1);
    expect(err).toMatch(/^error TH6001 \/project\/user\.thrift:2:15 `vt\.pattern` is no rule for type i32\n/);
  });

  it("takes the options of the generator", async () => {
    const idl = await writeIdl("struct User { 1: i64 id }");
    const flags = ["--int64", "string", "--runtime", "@acme/thrift", "--keep-unknown-fields"];
    await run("gen", idl, "--out", join(folder, "gen"), ...flags);
    const text = await readFile(join(folder, "gen", "user.ts"), "utf8");
    expect(text).toContain('from "@acme/thrift"');
    expect(text).toContain("id: string;");
    expect(text).toContain("keepUnknownFields: true");
    await writeIdl("struct User { 1: i64 identity }");
    const { err } = await run("gen", idl, "--out", join(folder, "gen"), ...flags, "--check");
    expect(err).toContain(`--out /project/gen ${flags.join(" ")}\n`);
  });
});

describe("kitex-ts create", () => {
  it("makes a project from the registry, and tells how to go on", async () => {
    const { code, out, err } = await run("create", join(folder, "hello"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("created handlers/sayHello.ts\n");
    expect(out).toContain("npm install\n  npm start");
    const manifest: unknown = JSON.parse(await readFile(join(folder, "hello", "package.json"), "utf8"));
    expect(manifest).toMatchObject({ name: "hello", dependencies: { "kitex-ts": expect.stringMatching(/^\^\d/) } });
  });

  it("adds what is missing when it is run again", async () => {
    const hello = join(folder, "hello");
    await run("create", hello);
    expect(await run("create", hello)).toEqual({
      code: 0,
      out: "nothing to add: every method has its handler\n",
      err: "",
    });
    const idl = join(hello, "idl", "greet.thrift");
    await writeFile(
      idl,
      (await readFile(idl, "utf8")).replace("HelloResponse SayHello", "void Wave()\n  HelloResponse SayHello"),
    );
    expect(await run("create", hello)).toEqual({
      code: 0,
      out: "created handlers/wave.ts\nupdated handlers/index.ts\nupdated kitex_gen/greet/greet.ts\n",
      err: "",
    });
  });

  it("says what stands in its way", async () => {
    await writeFile(join(folder, "package.json"), "{}");
    expect(await run("create", folder)).toEqual({
      code: 1,
      out: "",
      err: "kitex-ts: /project holds a package that kitex-ts did not make; choose another folder\n",
    });
  });
});
