import type { Times } from "../codec/measure.ts";
import { markdown } from "../runner/report.ts";

/** Prints a table of nanoseconds. */
export const printTimes = (title: string, times: Times<string>): void => {
  const rows = Object.entries(times).map(([name, time]) => [name, time < 10 ? time.toFixed(1) : time.toFixed(0)]);
  process.stdout.write(`${[`### ${title}`, "", ...markdown(["", "ns"], rows)].join("\n")}\n`);
};
