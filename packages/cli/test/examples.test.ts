import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const children = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "close");
    }
  }
  children.clear();
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};

const start = (file: string, env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, ["--conditions=@kitex-ts/source", file], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  return { child, out: text(child.stdout), err: text(child.stderr), closed: once(child, "close") };
};

/** Runs a client until the server it calls is there: the port opens when it does. */
const callUntilServed = async (folder: string, address: string): Promise<string> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { out, closed } = start(join(folder, "client.ts"), { DESTINATION: address });
    const [code] = await closed;
    if (code === 0) return out;
    await sleep(100);
  }
  throw new Error("the server did not come up");
};

/** Ours, and not what somebody tries out there. */
const examples = readdirSync(join(root, "examples")).filter((name) => {
  const manifest = readFileSync(join(root, "examples", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly name: string }).name.startsWith("@kitex-ts/example-");
});

describe("examples", { timeout: 120_000 }, () => {
  it.each(examples)("%s does what its README says", async (name) => {
    const folder = join(root, "examples", name);
    const promised = /The client prints:\n\n```\n([^`]*)```/.exec(readFileSync(join(folder, "README.md"), "utf8"))?.[1];
    const address = `127.0.0.1:${await freePort()}`;
    const server = start(join(folder, "server.ts"), { SERVICE_ADDR: address });
    expect(await callUntilServed(folder, address)).toBe(promised);
    server.child.kill("SIGTERM");
    expect(await server.closed).toEqual([0, null]);
    expect(await server.err).toBe("");
  });
});
