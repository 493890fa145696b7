import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);

describe("a process that forbids code from strings", () => {
  it("encodes, decodes and validates all the same", async () => {
    const program = `
      const { HelloRequest, GreetService } = await import(${JSON.stringify(new URL("generated-shape/greet.ts", import.meta.url).href)});
      const { structDescriptor, toBinary, fromBinary, violationsOf } = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
      let forbidden = false;
      try { new Function("return 1")(); } catch { forbidden = true; }
      const request = HelloRequest.create({ message: "Grüße", names: ["a"], weights: { x: 0.5 }, tags: [{ key: "k" }] });
      const decoded = fromBinary(HelloRequest, toBinary(HelloRequest, request));
      const Ruled = structDescriptor("Ruled", [[1, "text", "string", 0, undefined, undefined, [["pattern", "^a+$"]]]]);
      const rules = violationsOf(Ruled, { text: "ab" }).map(({ rule }) => rule).concat(violationsOf(Ruled, { text: "aa" }));
      console.log(JSON.stringify([forbidden, decoded.message, [...decoded.names], [...decoded.weights], decoded.tags[0].key, rules]));
    `;
    const { stdout } = await run(
      process.execPath,
      [
        "--disallow-code-generation-from-strings",
        "--conditions=@kitex-ts/source",
        "--no-warnings",
        "--input-type=module",
        "--eval",
        program,
      ],
      { cwd: fileURLToPath(new URL("..", import.meta.url)), timeout: 60_000 },
    );
    expect(JSON.parse(stdout)).toEqual([true, "Grüße", ["a"], [["x", 0.5]], "k", ["vt.pattern"]]);
  }, 60_000);
});
