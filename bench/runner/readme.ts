import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));

/** The parts of README.md that come from runs. */
export type Section = "codec" | "full" | "headline" | "micro" | "soak";

/** Replaces what stands between a section's two markers. @throws Error when the markers are missing */
export const writeSection = (section: Section, text: string): void => {
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`];
  const old = readFileSync(readme, "utf8");
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench/README.md has no ${begin} … ${end}`);
  writeFileSync(readme, `${old.slice(0, from + begin.length)}\n${text.trim()}\n${old.slice(to)}`);
};
