import { styleText } from "node:util";
import type { Row } from "./run-step.ts";

const cellOf = (row: Row): string[] => {
  const { versions, errors } = row.result;
  const total = [...Object.values(versions), ...Object.values(errors)].reduce((sum, each) => sum + each, 0);
  return [
    row.what,
    String(total),
    String(versions["v1"] ?? 0),
    String(versions["v2"] ?? 0),
    Object.entries(errors)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ") || "0",
    row.expected,
    row.isRight ? "right" : "WRONG",
  ];
};

/** The table of one step: where the calls went and whether that is right. */
export const tableOf = (rows: readonly Row[]): string => {
  const head = ["calls of", "made", "v1", "v2", "failed", "expected", ""];
  const cells = rows.map(cellOf);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column >= 1 && column <= 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ");
  return [
    styleText("dim", `   ${line(head)}`),
    ...rows.map((row, index) => styleText(row.isRight ? "green" : "red", `   ${line(cells[index] ?? [])}`)),
  ].join("\n");
};

export const heading = (text: string): string => styleText("bold", text);
