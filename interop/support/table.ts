import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { type Cell, cellsOf, directions, type Row, rows } from "./rows.ts";
import { ways } from "./ways.ts";

const page = join(import.meta.dirname, "..", "..", "docs", "interop.md");
const begin = "<!-- written by npm run test:go -->";
const end = "<!-- end of what npm run test:go writes -->";

/**
 * Writes the table of docs/interop.md from a run of the suite in which every cell was tested and passed; with `CI` set, it only checks that the
 * table is what the run would write. A run of a part leaves it alone.
 */
export class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .filter(({ project }) => project.name === "go")
      .flatMap((module) => [...module.children.allTests()]);
    if (tests.length === 0) return;
    for (const test of tests) this.#sayLoad(test);
    const filled = cellTexts(tests);
    const missing = (Object.keys(rows) as Row[]).flatMap((row) =>
      cellsOf(row)
        .filter(({ direction, way }) => !filled.has(keyOf({ direction, way, row })))
        .map(({ direction, way }) => `${direction}, ${way}: ${row}`),
    );
    if (missing.length > 0) {
      const rest = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
      this.#leave(`not tested, or failed: ${missing.slice(0, 3).join("; ")}${rest}`);
      return;
    }
    const before = readFileSync(page, "utf8");
    const [head, , tail] = splitPage(before);
    const after = `${head}${begin}\n\n${tablesOf(filled)}\n${end}${tail}`;
    if (after === before) return;
    if (process.env["CI"] === undefined) {
      writeFileSync(page, after);
      console.log("docs/interop.md: the table is new, commit it");
    } else this.#fail("docs/interop.md: the table is not what this run has shown; run npm run test:go and commit it");
  }

  #sayLoad(test: TestCase): void {
    const { load, cell } = test.meta();
    if (load !== undefined) console.log(`${cell?.direction}, ${cell?.way}: ${cell?.row}: ${load}`);
  }

  #leave(why: string): void {
    const line = `docs/interop.md: the table is as it was; ${why}`;
    if (process.env["CI"] === undefined) console.log(line);
    else this.#fail(line);
  }

  #fail(line: string): void {
    console.error(line);
    process.exitCode = 1;
  }
}

const keyOf = ({ direction, way, row }: Omit<Cell, "says">): string => `${direction} | ${way} | ${row}`;

/** What each cell says; a cell of which one test did not pass is not there. */
const cellTexts = (tests: readonly TestCase[]): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>();
  const failed = new Set<string>();
  for (const test of tests) {
    const { cell } = test.meta();
    if (cell === undefined) continue;
    const isDeclared = cellsOf(cell.row).some(({ direction, way }) => direction === cell.direction && way === cell.way);
    if (!isDeclared) throw new Error(`support/rows.ts has no cell for ${test.fullName}`);
    const key = keyOf(cell);
    if (test.result().state !== "passed" || (texts.get(key) ?? cell.says) !== cell.says) failed.add(key);
    texts.set(key, cell.says);
  }
  for (const key of failed) texts.delete(key);
  return texts;
};

const splitPage = (text: string): readonly [head: string, table: string, tail: string] => {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/interop.md lacks the lines ${begin} and ${end}`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to + end.length)];
};

const tablesOf = (texts: ReadonlyMap<string, string>): string =>
  directions
    .map((direction) => {
      const title = `### ${direction[0]?.toUpperCase()}${direction.slice(1)}\n\n`;
      const columns = ways.map(({ transport, connections }) => ` ${transport} ${connections} |`).join("");
      const rule = `|---|${"---|".repeat(ways.length)}`;
      const lines = (Object.keys(rows) as Row[]).flatMap((row) => {
        const cells = ways.map(({ name }) => texts.get(keyOf({ direction, way: name, row })));
        if (cells.every((cell) => cell === undefined)) return [];
        return [`| ${row} |${cells.map((cell) => ` ${cell ?? "–"} |`).join("")}`];
      });
      return `${title}| |${columns}\n${rule}\n${lines.join("\n")}\n`;
    })
    .join("\n");
