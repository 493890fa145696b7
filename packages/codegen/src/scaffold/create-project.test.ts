import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IdlError } from "@kitex-ts/thrift/idl";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "../../test/compile.ts";
import { CodegenError } from "../errors.ts";
import { createProject } from "./create-project.ts";

const packages = { dependencies: { "kitex-ts": "^0.1.0" }, devDependencies: { "@kitex-ts/cli": "^0.1.0" } };

let home: string;
let project: string;

beforeEach(async () => {
  // Inside the package, so that the runtime is found by what is created.
  const cache = join(import.meta.dirname, "..", "..", ".cache");
  await mkdir(cache, { recursive: true });
  home = await mkdtemp(join(cache, "create-"));
  project = join(home, "hello");
});
afterEach(() => rm(home, { recursive: true }));

const read = (path: string): Promise<string> => readFile(join(project, path), "utf8");

/** What the compiler has to say about the project, under its own settings. */
const compileProject = async (): Promise<readonly string[]> => {
  const config: unknown = JSON.parse(await read("tsconfig.json"));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  return compile(project, fileNames, options);
};

describe("createProject()", () => {
  it("makes a service that compiles, with everything around it", { timeout: 60_000 }, async () => {
    const report = await createProject(project, { packages });
    expect(report).toMatchObject({ name: "hello", existed: false, service: "GreetService", otherServices: [] });
    expect(
      (await readdir(project, { recursive: true })).filter((path) => /\.\w+$|Dockerfile/.test(path)).sort(),
    ).toEqual([
      ".dockerignore",
      ".gitignore",
      "Dockerfile",
      "README.md",
      "client.ts",
      "handlers/index.ts",
      "handlers/sayHello.ts",
      "idl/greet.thrift",
      "k8s/deployment.yaml",
      "k8s/kustomization.yaml",
      "k8s/service.yaml",
      "kitex_gen/greet/greet.ts",
      "package.json",
      "server.ts",
      "tsconfig.json",
    ]);
    expect(await read("handlers/sayHello.ts")).toMatchInlineSnapshot(`
      "import type { GreetService } from "../kitex_gen/greet/greet.ts";

      /** Greets one person. */
      export const sayHello: GreetService["sayHello"] = async (request) => ({ message: \`Hello \${request.name}\` });
      "
    `);
    expect(await read("client.ts")).toMatchInlineSnapshot(`
      "import { client, closeClient, createClient } from "kitex-ts";
      import { GreetService } from "./kitex_gen/greet/greet.ts";

      const destination = process.env["DESTINATION"] ?? "127.0.0.1:8888";
      const greetService = createClient(GreetService, destination, client.withRPCTimeout(1000));
      try {
        const reply = await greetService.sayHello({ name: "Kitex" });
        console.dir(reply, { depth: null });
      } finally {
        await closeClient(greetService);
      }
      "
    `);
    expect(await compileProject()).toEqual([]);
  });

  it("starts from an IDL, with what it includes, and compiles whatever that is", { timeout: 60_000 }, async () => {
    const common = join(home, "common");
    const idl = join(home, "shop", "idl", "cart.thrift");
    await mkdir(common, { recursive: true });
    await mkdir(join(home, "shop", "idl"), { recursive: true });
    await writeFile(
      join(common, "base.thrift"),
      "struct Page { 1: required i64 number } service Health { bool Ping() }",
    );
    await writeFile(
      idl,
      `include "base.thrift"
      namespace go shop.cart
      enum Color { RED = 3 }
      union Key { 1: i64 id, 2: string name }
      struct Query { 1: required Key key, 2: required Color color, 3: string text, 4: list<string> tags, 5: i32 size = 10, 6: required base.Page page }
      service First { void a() }
      service Cart extends base.Health {
        /** Finds. */
        list<string> find(1: Query query, 2: set<i32> sizes, 3: map<string, i64> prices, 4: binary image)
        oneway void delete(1: string class)
        void index()
        Query chat(1: Query query) (streaming.mode = "bidirectional")
      }`,
    );
    const report = await createProject(project, { idl, includeDirs: [common], name: "My Cart", packages });
    expect(report).toMatchObject({ name: "my-cart", service: "Cart", otherServices: ["First"] });
    expect(report.created).toEqual(expect.arrayContaining(["idl/common/base.thrift", "idl/shop/idl/cart.thrift"]));
    expect((await readdir(join(project, "handlers"))).sort()).toEqual([
      "delete.ts",
      "find.ts",
      "index.ts",
      "index_.ts",
      "ping.ts",
    ]);
    expect(await read("handlers/find.ts")).toMatchInlineSnapshot(`
      "import { BizStatusError } from "kitex-ts";
      import type { Cart } from "../kitex_gen/shop/cart/cart.ts";

      /** Finds. */
      export const find: Cart["find"] = async (_query, _sizes, _prices, _image, _ctx) => {
        throw new BizStatusError(501, "find has no implementation yet: write it in handlers/find.ts");
      };
      "
    `);
    expect(JSON.parse(await read("package.json"))).toMatchObject({
      name: "my-cart",
      scripts: { check: "kitex-ts gen idl/shop/idl/cart.thrift -I idl/common --check && tsc --noEmit" },
      "kitex-ts": { idl: "idl/shop/idl/cart.thrift", service: "Cart", includeDirs: ["idl/common"] },
    });
    expect(await compileProject()).toEqual([]);

    // The first method is inherited and has no arguments; a call with arguments is sampled too.
    await rm(project, { recursive: true });
    await writeFile(join(common, "base.thrift"), "struct Page { 1: required i64 number } service Health {}");
    await createProject(project, { idl, includeDirs: [common], packages });
    expect(await read("client.ts")).toContain(
      'cart.find(\n    { key: { case: "id", value: 1n }, color: 3, text: "text", page: { number: 1n } },\n    [],\n    new Map(),\n    new Uint8Array(),\n  )',
    );
    expect(await compileProject()).toEqual([]);
  });

  it("adds a handler for each new method, and touches nothing that somebody wrote", async () => {
    await createProject(project, { packages });
    await writeFile(join(project, "handlers", "sayHello.ts"), "// mine\n");
    await writeFile(join(project, "server.ts"), "// mine too\n");
    expect(await createProject(project, { packages })).toMatchObject({
      existed: true,
      created: [],
      updated: [],
      unused: [],
    });

    const idl = (await read("idl/greet.thrift")).replace(
      /service GreetService [^}]*/,
      "service GreetService { void Wave() ",
    );
    await writeFile(join(project, "idl", "greet.thrift"), idl);
    expect(await createProject(project, { packages })).toMatchObject({
      created: ["handlers/wave.ts"],
      updated: ["handlers/index.ts"],
      unused: ["handlers/sayHello.ts"],
      generated: { written: ["greet/greet.ts"] },
    });
    expect(await read("handlers/index.ts")).toContain("handlers: GreetService = { wave };");
    expect(await read("handlers/sayHello.ts")).toBe("// mine\n");
    expect(await read("server.ts")).toBe("// mine too\n");
  });

  it("leaves the file that gathers the handlers to whoever took it over", async () => {
    await createProject(project, { packages });
    await writeFile(join(project, "handlers", "index.ts"), "export const handlers = {};\n");
    expect(await createProject(project, { packages })).toMatchObject({ updated: [] });
    expect(await read("handlers/index.ts")).toBe("export const handlers = {};\n");
  });

  it("keeps files that lie in the folder already", async () => {
    await mkdir(project);
    await writeFile(join(project, "README.md"), "mine");
    expect((await createProject(project, { packages })).created).not.toContain("README.md");
    expect(await read("README.md")).toBe("mine");
  });

  it("refuses somebody else's package", async () => {
    await mkdir(project);
    await writeFile(join(project, "package.json"), '{ "name": "theirs" }');
    await expect(createProject(project, { packages })).rejects.toThrow("holds a package that kitex-ts did not make");
    expect(await readdir(project)).toEqual(["package.json"]);
    await writeFile(join(project, "package.json"), "{ not json");
    await expect(createProject(project, { packages })).rejects.toThrow("package.json is no JSON");
  });

  it("refuses a second contract, a service that is not there, and an IDL without one", async () => {
    const idl = join(home, "a.thrift");
    await writeFile(idl, "struct A {}");
    await expect(createProject(project, { idl, packages })).rejects.toThrow("a.thrift declares no service; add one");
    await expect(createProject(project, { service: "Greet", packages })).rejects.toThrow(
      "idl/greet.thrift declares no service Greet; it declares GreetService",
    );
    await expect(createProject(project, { idl: join(home, "none.thrift"), packages })).rejects.toThrow(IdlError);
    await expect(readdir(project)).rejects.toThrow("ENOENT");
    await createProject(project, { packages });
    await expect(createProject(project, { idl, packages })).rejects.toThrow("is a project already");
  });

  it("refuses a name that gives none, and a folder that cannot be", async () => {
    await expect(createProject(project, { name: "123", packages })).rejects.toThrow(CodegenError);
    await writeFile(project, "a file");
    await expect(createProject(project, { packages })).rejects.toThrow(CodegenError);
  });
});
