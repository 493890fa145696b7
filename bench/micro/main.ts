import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "../runner/machine.ts";
import { start } from "../runner/processes.ts";
import { writeSection } from "../runner/readme.ts";

/** Each a program of its own that prints one table. */
const programs = ["codec/strings.ts", "micro/timers.ts", "micro/pending-calls.ts", "micro/promises.ts"] as const;

/** Primitives: what calls are made of, in nanoseconds. `npm run bench -- micro`. */
export const microBench = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write("npm run bench -- micro [--write]\n");
    return true;
  }
  const texts = [`${machine()} Node ${process.versions.node}.\n`];
  for (const program of programs) {
    const text = await outputOf(fileURLToPath(new URL(`../${program}`, import.meta.url)));
    process.stdout.write(`${text}\n`);
    texts.push(text);
  }
  if (values.write) writeSection("micro", texts.join("\n"));
  return true;
};

const outputOf = async (file: string): Promise<string> => {
  const child = start([process.execPath, "--conditions=@kitex-ts/source", "--no-warnings", file], "client");
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.pipe(process.stderr);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with status ${code}`);
  return output;
};
