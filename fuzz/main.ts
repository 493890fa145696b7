// `npm run fuzz`: see README.md.
import { fuzzArguments, usage } from "./lib/arguments.ts";
import type { Finding } from "./lib/finding.ts";
import { type Outcome, supervise } from "./lib/supervise.ts";
import type { TargetEntry } from "./lib/target.ts";
import { targets } from "./targets/index.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function chosen(only: readonly string[]): readonly TargetEntry[] {
  if (only.length === 0) return targets;
  return only.map((name) => {
    const found = targets.find((target) => target.name === name);
    if (found === undefined) throw new Error(`no target "${name}": ${targets.map((each) => each.name).join(", ")}`);
    return found;
  });
}

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

function summary({ name, title }: TargetEntry, { findings, runs, milliseconds, peakBytes }: Outcome): string {
  const rate = Math.round((runs / milliseconds) * 1000);
  const result = findings.length === 0 ? "ok    " : "FAILED";
  const seconds = (milliseconds / 1000).toFixed(1);
  return `${result} ${name.padEnd(15)} ${String(runs).padStart(7)} inputs  ${seconds.padStart(6)} s  ${String(rate).padStart(6)}/s  peak ${mib(peakBytes).padStart(8)}  ${title}`;
}

function describeFinding(name: string, seed: string, finding: Finding): string {
  const { index, kind, detail, input } = finding;
  const again = `npm run fuzz -- --only ${name} --seed ${seed} --from ${index} --runs 1`;
  return [
    `  ${kind} at input ${index}: ${detail}`,
    ...(input === "" ? [] : [`  input: ${input}`]),
    `  again: ${again}`,
  ].join("\n");
}

async function main(): Promise<{ passed: number; failed: number }> {
  const { seed, runs, from, only, seconds, jobs } = fuzzArguments(process.argv.slice(2));
  const entries = chosen(only);
  const shares = entries.reduce((sum, { share }) => sum + share, 0);
  const deadline = performance.now() + seconds * 1000;
  say(`fuzz: seed ${seed}, ${runs} inputs for ${entries.length} targets`);

  const count = { passed: 0, failed: 0 };
  let total = 0;
  const waiting = [...entries];
  const work = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const to = from + Math.ceil((runs * entry.share) / shares);
      const outcome = await supervise({ target: entry.name, seed, from, to, deadline });
      total += outcome.runs;
      say(summary(entry, outcome));
      for (const finding of outcome.findings) say(describeFinding(entry.name, seed, finding));
      if (outcome.isOutOfTime) say(`  ${seconds} s are over: ${to - from - outcome.runs} inputs were not run`);
      if (outcome.findings.length > 0 || outcome.isOutOfTime) count.failed += 1;
      else count.passed += 1;
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  say(`${total} inputs, seed ${seed}`);
  return count;
}

try {
  const { passed, failed } = await main();
  say(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n0 passed, 1 failed`);
  process.exitCode = 1;
}
