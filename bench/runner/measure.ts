import { waitForQuiet } from "./noise.ts";
import type { Peer } from "./peers.ts";
import type { Point } from "./points.ts";
import { cpuSecondsOf, machineCpuSeconds, rssOf, segmentsSentTo, writesOf } from "./proc.ts";
import { type Child, end, start, untilLine } from "./processes.ts";

/** What a client prints at its end: the peer interface. */
interface ClientReport {
  readonly calls: number;
  readonly seconds: number;
  readonly qps: number;
  readonly errors: number;
  readonly lat_us: { readonly p50: number; readonly p99: number; readonly p999: number };
  readonly cpu_s: number;
  readonly rss_mb: number;
  readonly runtime: string;
}

/** Both sides of one number. */
export interface Sides {
  readonly client: number;
  readonly server: number;
}

/** One peer at one point, once. */
export interface Run {
  readonly qps: number;
  readonly errors: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** µs per call. */
  readonly cpu: Sides;
  /** Per call; undefined where they cannot be counted. */
  readonly writes: Sides | undefined;
  /** MB. */
  readonly rss: Sides;
  /** Cores that programs other than these two used meanwhile; undefined where that cannot be known. */
  readonly others: number | undefined;
  readonly runtime: string;
}

export interface Timing {
  /** Seconds. */
  readonly warmup: number;
  /** Seconds. */
  readonly duration: number;
  /** Cores that others may use during a run before it is repeated. */
  readonly noise: number;
  /** How often a run is repeated at most. */
  readonly retries: number;
}

const readyMs = 20_000;
/** How long a client may take beyond its warm-up and duration. */
const graceMs = 30_000;
const quietMs = 5_000;

/** Everything that is counted outside the two programs, at one moment. */
interface Snapshot {
  readonly serverCpu: number;
  readonly ownCpu: number;
  readonly machineCpu: number | undefined;
  readonly clientWrites: number | undefined;
  readonly serverWrites: number | undefined;
}

const snapshot = (peer: Peer, port: number, client: Child, server: Child): Snapshot => {
  const writes = (side: "client" | "server", pid: number): number | undefined =>
    peer.countsWrites === "segments" ? segmentsSentTo(port, side) : writesOf(pid);
  const own = process.cpuUsage();
  return {
    serverCpu: cpuSecondsOf(server.pid ?? 0),
    ownCpu: (own.user + own.system) / 1e6,
    machineCpu: machineCpuSeconds(),
    clientWrites: writes("client", client.pid ?? 0),
    serverWrites: writes("server", server.pid ?? 0),
  };
};

const runPair = async (peer: Peer, point: Point, { warmup, duration }: Timing): Promise<Run> => {
  const server = start([...peer.server, "--with-stdin", "--port", "0", "--payload", point.payload], "server");
  let client: Child | undefined;
  try {
    const port = await untilLine(
      server,
      "READY line of the server",
      readyMs,
      (line) => /^READY (\d+)$/.exec(line)?.[1],
    );
    const load = {
      port,
      payload: point.payload,
      concurrency: point.concurrency,
      connections: point.connections,
      duration,
      warmup,
    };
    const args = Object.entries(load).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const running = start([...peer.client, "--with-stdin", ...args], "client");
    client = running;
    let before: Snapshot | undefined;
    const limitMs = (warmup + duration) * 1000 + graceMs;
    const { report, after } = await untilLine(running, "result of the client", limitMs, (line) => {
      if (line === "BEGIN") before = snapshot(peer, Number(port), running, server);
      if (!line.startsWith("{")) return undefined;
      return { report: JSON.parse(line) as ClientReport, after: snapshot(peer, Number(port), running, server) };
    });
    if (before === undefined) throw new Error("the client never said BEGIN");
    return runOf(report, before, after, rssOf(server.pid ?? 0) ?? 0);
  } finally {
    await Promise.all([end(server), client === undefined ? undefined : end(client)]);
  }
};

const runOf = (report: ClientReport, before: Snapshot, after: Snapshot, serverRss: number): Run => {
  const perCall = (later: number | undefined, earlier: number | undefined): number | undefined =>
    later === undefined || earlier === undefined ? undefined : (later - earlier) / report.calls;
  const serverCpu = after.serverCpu - before.serverCpu;
  const machine =
    after.machineCpu === undefined || before.machineCpu === undefined
      ? undefined
      : after.machineCpu - before.machineCpu;
  const ours = serverCpu + report.cpu_s + (after.ownCpu - before.ownCpu);
  const clientWrites = perCall(after.clientWrites, before.clientWrites);
  const serverWrites = perCall(after.serverWrites, before.serverWrites);
  return {
    qps: report.qps,
    errors: report.errors,
    p50: report.lat_us.p50,
    p99: report.lat_us.p99,
    p999: report.lat_us.p999,
    cpu: { client: (report.cpu_s / report.calls) * 1e6, server: (serverCpu / report.calls) * 1e6 },
    writes:
      clientWrites === undefined || serverWrites === undefined
        ? undefined
        : { client: clientWrites, server: serverWrites },
    rss: { client: report.rss_mb, server: serverRss },
    others: machine === undefined ? undefined : Math.max(0, (machine - ours) / report.seconds),
    runtime: report.runtime,
  };
};

/** Measures one peer at one point with a fresh pair of processes; again when others used the machine meanwhile. Answers the quietest run. */
export const measure = async (peer: Peer, point: Point, timing: Timing): Promise<Run> => {
  let best: Run | undefined;
  for (let attempt = 0; attempt <= timing.retries; attempt++) {
    await waitForQuiet(timing.noise, quietMs);
    const run = await runPair(peer, point, timing);
    if (best === undefined || (run.others ?? 0) < (best.others ?? 0)) best = run;
    if ((best.others ?? 0) <= timing.noise) break;
  }
  return best as Run;
};
