// Runs kitex-ts and its peers beside each other, each side of each peer on a core of its own, and prints one Markdown table with ratios.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cpuSecondsOf } from "./lib/process-cpu.ts";

interface Peer {
  readonly cwd: string;
  readonly server: readonly string[];
  readonly client: readonly string[];
}

interface Measured {
  readonly qps: number;
  readonly calls: number;
  readonly errors: number;
  readonly cpu_s: number;
  readonly lat_us: { readonly p50: number; readonly p99: number };
  readonly server_cpu_s: number;
}

const { values } = parseArgs({
  options: {
    peers: { type: "string", default: "net,thrift,kitex-ts" },
    points: { type: "string", default: "1k:100,1k:1,rich:100" },
    rounds: { type: "string", default: "3" },
    duration: { type: "string", default: "3" },
    warmup: { type: "string", default: "2" },
  },
});

const here = fileURLToPath(new URL(".", import.meta.url));
const script = (path: string): string[] => [
  process.execPath,
  "--conditions=@kitex-ts/source",
  "--no-warnings",
  `${here}peers/${path}`,
];
const peers: Readonly<Record<string, Peer>> = {
  net: { cwd: here, server: script("net/server.ts"), client: script("net/client.ts") },
  thrift: { cwd: here, server: script("apache-thrift/server.ts"), client: script("apache-thrift/client.ts") },
  ...(JSON.parse(readFileSync(`${here}kitex-ts.peer.json`, "utf8")) as Record<string, Peer>),
};

const canPin = existsSync("/usr/bin/taskset");
const pinned = (core: number, command: readonly string[]): readonly string[] =>
  canPin ? ["/usr/bin/taskset", "-c", String(core), ...command] : command;

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

const start = (
  peer: Peer,
  core: number,
  command: readonly string[],
  args: readonly string[],
): ReturnType<typeof spawn> => {
  const [program, ...rest] = pinned(
    core,
    command.map((word) => (word === "node" ? process.execPath : word)),
  );
  return spawn(program as string, [...rest, ...args], {
    cwd: new URL(peer.cwd, `file://${here}`),
    stdio: ["ignore", "pipe", "inherit"],
  });
};

const measure = async (peer: Peer, payload: string, concurrency: string): Promise<Measured> => {
  const server = start(peer, 0, peer.server, ["--port", "0", "--payload", payload]);
  try {
    const ready = (await firstLine(server)).split(" ")[1] as string;
    const load = [
      "--port",
      ready,
      "--payload",
      payload,
      "--concurrency",
      concurrency,
      "--duration",
      values.duration,
      "--warmup",
      values.warmup,
    ];
    const client = start(peer, 1, peer.client, load);
    let serverCpuBefore = 0;
    for await (const line of createInterface({ input: client.stdout as NodeJS.ReadableStream })) {
      if (line === "BEGIN") serverCpuBefore = cpuSecondsOf(server.pid);
      else if (line.startsWith("{")) {
        const serverCpu = cpuSecondsOf(server.pid) - serverCpuBefore;
        return { ...(JSON.parse(line) as Omit<Measured, "server_cpu_s">), server_cpu_s: serverCpu };
      }
    }
    throw new Error(`the client ended without a result: ${peer.client.join(" ")}`);
  } finally {
    server.kill("SIGKILL");
  }
};

const firstLine = async (child: ReturnType<typeof spawn>): Promise<string> => {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
  throw new Error("a server ended before it was ready");
};

const names = values.peers.split(",");
for (const point of values.points.split(",")) {
  const [payload, concurrency] = point.split(":") as [string, string];
  const runs = new Map<string, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    // Another peer begins each round, so that a drift of the machine's speed hits all alike.
    for (let index = 0; index < names.length; index++) {
      const name = names[(index + round) % names.length] as string;
      const peer = peers[name];
      if (peer === undefined) throw new Error(`unknown peer ${name}; one of ${Object.keys(peers).join(", ")}`);
      runs.get(name)?.push(await measure(peer, payload, concurrency));
    }
  }
  const of = (name: string, read: (run: Measured) => number): number => median((runs.get(name) ?? []).map(read));
  const qps = (name: string): number => of(name, (run) => run.qps);
  process.stdout.write(
    `\n### ${payload}, ${concurrency} in flight, Node ${process.versions.node}, medians of ${values.rounds}${canPin ? ", pinned" : ""}\n\n`,
  );
  process.stdout.write(
    "| peer | QPS | ÷ net | ÷ thrift | p50 µs | p99 µs | CPU µs/call client · server | errors |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
  );
  for (const name of names) {
    const ratio = (to: string): string => (names.includes(to) ? (qps(name) / qps(to)).toFixed(2) : "–");
    const cpu = (read: (run: Measured) => number): string =>
      of(name, (run) => (read(run) / run.calls) * 1e6).toFixed(2);
    const cells = [
      name,
      qps(name).toLocaleString("en"),
      ratio("net"),
      ratio("thrift"),
      String(Math.round(of(name, (run) => run.lat_us.p50))),
      String(Math.round(of(name, (run) => run.lat_us.p99))),
      `${cpu((run) => run.cpu_s)} · ${cpu((run) => run.server_cpu_s)}`,
      String((runs.get(name) ?? []).reduce((sum, run) => sum + run.errors, 0)),
    ];
    process.stdout.write(`| ${cells.join(" | ")} |\n`);
  }
}
process.exit(0);
