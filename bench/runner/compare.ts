import { writeFileSync } from "node:fs";
import { bundlePeers } from "./bundle.ts";
import { goalsTable } from "./goals.ts";
import { machine } from "./machine.ts";
import { nodeProgram } from "./node-versions.ts";
import { parseOptions, usage } from "./options.ts";
import { findPeers } from "./peers.ts";
import { planOf } from "./plan.ts";
import { describePoint } from "./points.ts";
import { writeSection } from "./readme.ts";
import { type Measured, markdownTable, summarize } from "./report.ts";
import { measureRounds } from "./rounds.ts";

const say = (line: string): void => {
  process.stderr.write(`bench: ${line}\n`);
};

/** Runs kitex-ts and its peers beside each other and prints the tables. Answers whether every peer that could run did. */
export const compare = async (args: readonly string[]): Promise<boolean> => {
  if (args.includes("--help")) {
    process.stdout.write(`${usage}\n`);
    return true;
  }
  const options = parseOptions(args);
  await bundlePeers();
  const skipped = new Map<string, string>();
  const texts = [machine(), ""];
  const results: Measured[] = [];
  const raw: unknown[] = [];
  process.stdout.write(`${machine()}\n\n`);
  for (const { point, peers: names, node } of planOf(options)) {
    const program = node === undefined ? process.execPath : nodeProgram(node);
    const peers = await findPeers(names, program, options.peerFile, (name, reason) => {
      if (!skipped.has(name)) say(`${name} skipped: ${reason}`);
      skipped.set(name, reason);
    });
    say(
      `${describePoint(point)}${node === undefined ? "" : `, Node ${node}`}: ${peers.map(({ name }) => name).join(", ")}`,
    );
    if (peers.length === 0) continue;
    const runs = await measureRounds(peers, point, options.rounds, options.timing, say);
    raw.push({ point, node, peers: runs });
    const measured = summarize(point, options.rounds, runs);
    const table = markdownTable(measured);
    process.stdout.write(`${table}\n`);
    texts.push(table);
    results.push(measured);
  }
  const goals = goalsTable(results);
  if (goals !== undefined) {
    process.stdout.write(`${goals}\n`);
    texts.push(goals);
  }
  for (const [name, reason] of skipped) {
    const line = `Skipped: ${name} (${reason})\n`;
    process.stdout.write(line);
    texts.push(line);
  }
  const noisy = results
    .flatMap(({ summaries }) => summaries)
    .filter(({ others }) => (others ?? 0) > options.timing.noise);
  if (noisy.length > 0) {
    const warning = `The machine was not quiet: during ${noisy.length} of the rows above other programs used more than ${options.timing.noise} cores.\n`;
    process.stdout.write(warning);
    texts.push(warning);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(raw, undefined, 2)}\n`);
  if (options.write) writeSection(options.full ? "full" : "headline", texts.join("\n"));
  return results.every(({ failures }) => failures.length === 0);
};
