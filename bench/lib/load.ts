import { performance } from "node:perf_hooks";
import type { PeerArguments } from "./arguments.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

/** One connection's worth of a peer's client. */
export interface Caller<Reply> {
  call(): Promise<Reply>;
  /** Something that grows with the reply; cheap, for it is looked at after every call. */
  sizeOf(reply: Reply): number;
  /** Throws unless the reply is the request in full; asked once. */
  check(reply: Reply): void;
}

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * Keeps `concurrency` calls in flight, each lane awaiting its reply before its next call, the lanes spread over the callers; prints `BEGIN` after
 * the warm-up and one JSON line at the end, as the runner expects of every peer.
 */
export const runLoad = async <Reply>(options: PeerArguments, callers: readonly Caller<Reply>[]): Promise<void> => {
  const expected = await expectedSize(callers);
  const histogram = new LatencyHistogram();
  let calls = 0;
  let errors = 0;
  let isMeasuring = false;
  let isOver = false;

  const lane = async (caller: Caller<Reply>): Promise<void> => {
    // One look at the clock per call: the end of one is the beginning of the next.
    let startedAt = performance.now();
    while (!isOver) {
      try {
        const size = caller.sizeOf(await caller.call());
        if (size !== expected) throw new Error(`a reply of size ${size}, expected ${expected}`);
      } catch (error) {
        errors++;
        if (errors === 1) process.stderr.write(`first error: ${String(error)}\n`);
        // A call that fails at once would otherwise keep timers, and so the end, from ever coming.
        await new Promise(setImmediate);
      }
      calls++;
      const endedAt = performance.now();
      if (isMeasuring) histogram.record(endedAt - startedAt);
      startedAt = endedAt;
    }
  };
  const lanes = Array.from({ length: options.concurrency }, (_, index) =>
    lane(callers[index % callers.length] as Caller<Reply>),
  );

  await sleep(options.warmup);
  process.stdout.write("BEGIN\n");
  const callsBefore = calls;
  const errorsBefore = errors;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  isMeasuring = true;
  await sleep(options.duration);
  isMeasuring = false;
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const measured = calls - callsBefore;
  const failed = errors - errorsBefore;
  isOver = true;
  await Promise.all(lanes);

  const us = (microseconds: number): number => Math.round(microseconds * 10) / 10;
  const result = {
    calls: measured,
    calls_total: calls,
    seconds: Math.round(seconds * 1000) / 1000,
    qps: Math.round(measured / seconds),
    errors: failed,
    lat_us: {
      mean: us(histogram.mean),
      p50: us(histogram.percentile(50)),
      p90: us(histogram.percentile(90)),
      p99: us(histogram.percentile(99)),
      p999: us(histogram.percentile(99.9)),
      max: us(histogram.max),
    },
    cpu_s: (cpu.user + cpu.system) / 1e6,
    rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
    runtime: `node ${process.versions.node}`,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  // What the kernel has counted for this process can be read while it is there.
  await sleep(lingerSeconds);
};

const lingerSeconds = 0.3;

/** Opens every connection with one call, looks at that reply in full, and says how large replies are. */
const expectedSize = async <Reply>(callers: readonly Caller<Reply>[]): Promise<number> => {
  const sizes = await Promise.all(
    callers.map(async (caller) => {
      const reply = await caller.call();
      caller.check(reply);
      return caller.sizeOf(reply);
    }),
  );
  return sizes[0] ?? 0;
};

/** As many callers as connections are asked for. */
export const callersOf = <Reply>(options: PeerArguments, open: () => Caller<Reply>): readonly Caller<Reply>[] =>
  Array.from({ length: Math.min(options.connections, options.concurrency) }, open);
