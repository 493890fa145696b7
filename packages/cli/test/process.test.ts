import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

/** The command as a process of its own. */
const start = (...args: readonly string[]) => {
  const bin = join(import.meta.dirname, "..", "src", "bin.ts");
  const child = spawn(process.execPath, ["--conditions=@kitex-ts/source", bin, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  return child;
};

describe("the kitex-ts process", { timeout: 60_000 }, () => {
  it("exits with the code of the command", async () => {
    const child = start("gen", "no-such.thrift");
    const [[code], err] = await Promise.all([once(child, "close"), text(child.stderr)]);
    expect(code).toBe(1);
    expect(err).toContain("there is no such file");
    expect(err).not.toContain("    at ");
  });

  it("serves a mesh until it is asked to stop", async () => {
    const child = start("mesh", "serve", "k8s/base", "--port", "0");
    const errors = text(child.stderr);
    const closed = once(child, "close");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    expect(line).toMatch(/^READY 127\.0\.0\.1:\d+$/);
    child.kill("SIGTERM");
    expect(await closed).toEqual([0, null]);
    expect(await errors).toContain("xDS on 127.0.0.1:");
  });

  it("ends with a message when there is nothing to serve", async () => {
    const child = start("mesh", "serve", "no-such-folder", "--port", "0");
    const [[code], err] = await Promise.all([once(child, "close"), text(child.stderr)]);
    expect(code).toBe(1);
    expect(err).toContain("no-such-folder");
    expect(err).not.toContain("    at ");
  });
});
