import { createHistogram } from "node:perf_hooks";
import type { PeerArguments } from "./arguments.ts";

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * Keeps `concurrency` calls in flight, each lane awaiting its reply before its next call; prints `BEGIN` after the warm-up and one JSON line at the
 * end, as the runner expects of every peer.
 *
 * @param call makes one call and throws when the reply is not of the right size
 */
export const runLoad = async (options: PeerArguments, call: () => Promise<void>): Promise<void> => {
  const histogram = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 });
  let calls = 0;
  let errors = 0;
  let isMeasuring = false;
  let isOver = false;

  const lane = async (): Promise<void> => {
    while (!isOver) {
      const startedAt = performance.now();
      try {
        await call();
      } catch (error) {
        errors++;
        if (errors === 1) process.stderr.write(`first error: ${String(error)}\n`);
        // A call that fails at once would otherwise keep timers, and so the end, from ever coming.
        await new Promise(setImmediate);
      }
      calls++;
      if (isMeasuring) histogram.record(Math.max(1, Math.round((performance.now() - startedAt) * 1e6)));
    }
  };
  const lanes = Array.from({ length: options.concurrency }, lane);

  await sleep(options.warmup);
  process.stdout.write("BEGIN\n");
  const callsBefore = calls;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  isMeasuring = true;
  await sleep(options.duration);
  isMeasuring = false;
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const measured = calls - callsBefore;
  isOver = true;
  await Promise.all(lanes);

  const us = (nanoseconds: number): number => Math.round(nanoseconds / 100) / 10;
  const result = {
    calls: measured,
    calls_total: calls,
    seconds: Math.round(seconds * 1000) / 1000,
    qps: Math.round(measured / seconds),
    errors,
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
};

/** @throws Error when `actual` is not what an echo of `expected` bytes gives */
export const checkSize = (actual: number, expected: number): void => {
  if (actual !== expected) throw new Error(`reply of ${actual}, expected ${expected}`);
};
