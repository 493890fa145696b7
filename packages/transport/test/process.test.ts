import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { closeAll, entryOf, serve, sleep } from "./harness.ts";

afterEach(closeAll);

describe("a process that only makes calls", () => {
  it("lives until its call is answered, and ends although its connection is open", async () => {
    const { address, listener } = await serve(
      entryOf(async (request) => {
        await sleep(50);
        return request;
      }),
    );
    const script = fileURLToPath(new URL("idle-client.ts", import.meta.url));
    const args = ["--conditions=@kitex-ts/source", "--no-warnings", script, address];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe("from afar");
    while (listener.connectionCount > 0) await sleep(5);
  }, 20_000);
});
