import { describe, expect, it } from "vitest";

import { outputs, staleness } from "../tools/outputs.ts";

describe("generated files", () => {
  it("are what the generator writes", { timeout: 60_000 }, async () => {
    const files = await outputs();
    expect(files.length).toBe(4);
    expect(files.flatMap((file) => staleness(file) ?? [])).toEqual([]);
  });

  it("are called stale with the line that differs", async () => {
    const path = import.meta.filename;
    expect(staleness({ name: "x.ts", path, text: "another first line\n" })).toMatch(
      /^x\.ts is not what the generator writes, line 1: have "import .*", want "another first line"$/,
    );
    expect(staleness({ name: "y.ts", path: `${path}.absent`, text: "text\n" })).toMatch(
      /^y\.ts is not .* want "text"$/,
    );
  });
});
