import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Payload } from "../lib/arguments.ts";
import { machine } from "../runner/machine.ts";
import { end, start, untilLine } from "../runner/processes.ts";
import { writeSection } from "../runner/readme.ts";
import { markdown } from "../runner/report.ts";
import { median } from "../runner/statistics.ts";

/** What `case.ts` prints; nanoseconds. */
interface Times {
  readonly bytes: number;
  readonly encode: number;
  readonly decode: number;
  readonly echo: number;
}

interface Row {
  readonly name: string;
  readonly codec: string;
  readonly flags: readonly string[];
}

const rows: readonly Row[] = [
  { name: "kitex-ts", codec: "kitex-ts", flags: [] },
  { name: "kitex-ts, ahead of time", codec: "kitex-ts-aot", flags: [] },
  // Where code from strings is forbidden, the same plan is interpreted.
  { name: "kitex-ts, interpreted", codec: "kitex-ts", flags: ["--disallow-code-generation-from-strings"] },
  { name: "protobufjs, static code", codec: "protobufjs", flags: [] },
  { name: "protobuf-es", codec: "protobuf-es", flags: [] },
  { name: "JSON, UTF-8", codec: "json", flags: [] },
  { name: "Apache Thrift", codec: "apache-thrift", flags: [] },
];
const reference = "protobufjs, static code";

const payloads: Readonly<Record<Payload, string>> = {
  "64": "64 B",
  "1k": "1 KiB",
  "16k": "16 KiB",
  rich: "rich struct",
};
const caseFile = fileURLToPath(new URL("case.ts", import.meta.url));
const caseMs = 60_000;

const measureCase = async ({ codec, flags }: Row, payload: Payload): Promise<Times> => {
  const node = [process.execPath, "--conditions=@kitex-ts/source", "--no-warnings", ...flags];
  const child = start([...node, caseFile, codec, payload], "client");
  try {
    return await untilLine(child, "result", caseMs, (line) => JSON.parse(line) as Times);
  } finally {
    await end(child);
  }
};

/** Codecs without a network, one core: `npm run bench -- codec`. */
export const codecBench = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      payloads: { type: "string", default: Object.keys(payloads).join(",") },
      rounds: { type: "string", default: "3" },
      write: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write("npm run bench -- codec [--payloads 64,1k,16k,rich] [--rounds 3] [--write]\n");
    return true;
  }
  const texts = [machine(), `\nµs per operation, Node ${process.versions.node}; medians of ${values.rounds}.\n`];
  for (const payload of values.payloads.split(",") as Payload[]) {
    const runs = new Map<string, Times[]>(rows.map(({ name }) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const row of rows) runs.get(row.name)?.push(await measureCase(row, payload));
    }
    const of = (name: string, operation: keyof Times): number =>
      median((runs.get(name) ?? []).map((times) => times[operation]));
    const cells = rows.map(({ name }) => [
      name,
      of(name, "bytes").toLocaleString("en"),
      ...(["encode", "decode", "echo"] as const).flatMap((operation) => [
        (of(name, operation) / 1000).toFixed(2),
        (of(reference, operation) / of(name, operation)).toFixed(2),
      ]),
    ]);
    const head = ["codec", "bytes", "encode", "× protobufjs", "decode", "× protobufjs", "echo", "× protobufjs"];
    const table = [`### ${payloads[payload]}`, "", ...markdown(head, cells), ""].join("\n");
    process.stdout.write(`${table}\n`);
    texts.push(table);
  }
  if (values.write) writeSection("codec", texts.join("\n"));
  return true;
};
