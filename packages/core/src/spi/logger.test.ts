import { describe, expect, it, vi } from "vitest";
import { RPCError } from "../errors.ts";
import { stderrLogger } from "./logger.ts";

const printed = (fields: Readonly<Record<string, unknown>>): string => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  stderrLogger.error(fields, "it happened");
  const text = write.mock.calls.map(([line]) => String(line)).join("");
  write.mockRestore();
  return text;
};

describe("stderrLogger", () => {
  it("prints one line per event", () => {
    expect(printed({})).toBe("[kitex-ts] error it happened\n");
    expect(printed({ peer: "a:1", error: new RPCError("acl", "no") })).toBe(
      "[kitex-ts] error it happened peer=a:1 error=request forbidden: no\n",
    );
  });

  it("adds the stack of errors that come from outside the framework", () => {
    const lines = printed({ error: new TypeError("boom") }).split("\n");
    expect(lines.slice(0, 2)).toEqual(["[kitex-ts] error it happened error=boom", "TypeError: boom"]);
    expect(lines[2]).toContain("logger.test.ts");
  });

  it("never throws, whatever was thrown", () => {
    const trap = new Error("x");
    Object.defineProperty(trap, "message", {
      get: () => {
        throw Object.create(null);
      },
    });
    for (const error of [Object.create(null), trap]) expect(printed({ error })).toContain("cannot be printed");
  });
});
