// The code of the README pages, taken from them and run as a user would: nothing is repeated here.
import { describe, expect, it } from "vitest";
import { callopt, closeClient, createClient } from "../src/index.ts";
import { Lookup } from "./kitex_gen/probe/probe.ts";
import { closedAddress } from "./support/peers.ts";
import { errorOf } from "./support/probe.ts";
import { codeBlocks, readPage } from "./support/repository.ts";
import { UserFolder } from "./support/user-folder.ts";

const block = (blocks: readonly string[], start: string): string => {
  const found = blocks.find((text) => text.startsWith(start));
  if (found === undefined) throw new Error(`the page has no block that begins with "${start}"`);
  return found;
};

describe("README.md", () => {
  const page = readPage("README.md");
  const thrift = block(codeBlocks(page, "thrift"), "// greet.thrift");
  const typescript = codeBlocks(page, "ts");

  /** The README's files, on a port that is free. */
  const project = async (address: string): Promise<UserFolder> => {
    const server = block(typescript, "// server.ts").replace("0.0.0.0:8888", address);
    // A busy machine may need longer than what an example sets.
    const client = block(typescript, "// client.ts")
      .replace("127.0.0.1:8888", address)
      .replaceAll(/withRPCTimeout\(\d+\)/g, "withRPCTimeout(30_000)");
    const mesh = block(typescript, 'import * as xds from "@kitex-ts/xds"');
    // The mesh's lines take the place of those that make the client.
    const inMesh = `import { callopt, client, createClient } from "kitex-ts";
import { GreetService } from "./kitex_gen/greet/greet.ts";
${mesh}`;
    const folder = await UserFolder.create({
      "greet.thrift": thrift,
      "server.ts": server,
      "client.ts": client,
      "mesh.ts": inMesh,
    });
    await folder.generate("greet.thrift");
    return folder;
  };

  it("has code that the compiler accepts", async () => {
    await using folder = await project("127.0.0.1:8888");
    expect(folder.typeErrors("server.ts", "client.ts", "mesh.ts")).toEqual([]);
  }, 60_000);

  it("has a server and a client that do what their comments say", async () => {
    const address = await closedAddress();
    await using folder = await project(address);
    const server = folder.run("server.ts");
    await listening(address);
    const { code, output } = await folder.run("client.ts").ended;
    expect(output).toBe("Hello mesh\n");
    expect(code).toBe(0);
    server.kill("SIGTERM");
    expect(await server.ended).toEqual({ code: 0, output: "" });
  }, 60_000);
});

/** Waits until a server answers, whatever it answers. */
const listening = async (address: string): Promise<void> => {
  const probe = createClient(Lookup, address);
  while ((await errorOf(probe.find("x", callopt.withConnectTimeout(1000)))).kind === "get_connection") {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await closeClient(probe);
};

describe("packages/testing/README.md", () => {
  const page = readPage("packages/testing/README.md");

  it("has an example that passes", async () => {
    const thrift = block(codeBlocks(readPage("README.md"), "thrift"), "// greet.thrift");
    await using folder = await UserFolder.create({
      "greet.thrift": thrift,
      "greet.test.ts": block(codeBlocks(page, "ts"), "// greet.test.ts"),
    });
    await folder.generate("greet.thrift");
    expect(folder.typeErrors("greet.test.ts")).toEqual([]);
    const { code, output } = await folder.run("greet.test.ts", "--test", "--test-reporter=tap").ended;
    expect(output).toContain("# pass 3");
    expect(output).toContain("# fail 0");
    expect(code).toBe(0);
  }, 60_000);
});
