import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clientDifferences } from "../support/raw/client-differences.ts";
import { serverDifferences } from "../support/raw/server-differences.ts";
import { untried } from "../support/raw/untried.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "interop.md"), "utf8");

/** The first column of the table of differences. */
const lines = (): string[] => {
  const [, section = ""] = /^## Where we differ, and why\n(.*?)^## /ms.exec(page) ?? [];
  const rows = section.split("\n").filter((row) => row.startsWith("| "));
  return rows.slice(1).map((row) => row.slice(2).split(" | ")[0] ?? "");
};

it("tries every line of docs/interop.md, or says why not", () => {
  const tried = [...serverDifferences, ...clientDifferences].map(({ line }) => line);
  expect([...new Set(tried), ...Object.keys(untried)].sort()).toEqual(lines().sort());
});
