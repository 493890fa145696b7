import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { closeClient, createClient, createServer, server } from "kitex-ts";
import { Bench } from "./kitex_gen/bench/bench.ts";
import { simpleValue } from "./lib/payloads.ts";
import { variantOf } from "./peers/kitex-ts/variants.ts";
import { machine } from "./runner/machine.ts";
import { writeSection } from "./runner/readme.ts";
import { markdown } from "./runner/report.ts";

const lanes = 100;
/** What is held after the first interval is compared with: by then everything is compiled and every buffer has its size. */
const settled = 1;
/** Growth that still counts as none: a handful of lazily compiled functions. */
const allowedMB = 1;

interface Sample {
  readonly calls: number;
  readonly heapMB: number;
  readonly outsideMB: number;
  readonly rssMB: number;
}

/** Does the heap grow with the number of calls? Client and server share this process, so it is seen whichever side it is. `npm run bench -- soak`. */
export const soak = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      calls: { type: "string", default: "10000000" },
      intervals: { type: "string", default: "10" },
      variant: { type: "string", default: "all" },
      limit: { type: "string", default: "900" },
      write: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(
      "npm run bench -- soak [--calls 10000000] [--intervals 10] [--variant all] [--limit 900 (seconds)] [--write]\n",
    );
    return true;
  }
  const total = Number(values.calls);
  const intervals = Math.max(2, Number(values.intervals));
  const endAt = performance.now() + Number(values.limit) * 1000;
  const variant = variantOf(values.variant);
  const svr = createServer(server.withServiceAddr("127.0.0.1:0"), ...variant.server).registerService(Bench, {
    echoSimple: (request) => Promise.resolve(request),
    echoRich: (request) => Promise.resolve(request),
  });
  const bench = createClient(Bench, await svr.start(), ...variant.client);
  const request = simpleValue("1k");
  const { call } = variant;
  const echo = (): Promise<unknown> =>
    call === undefined ? bench.echoSimple(request) : bench.echoSimple(request, call());

  const samples: Sample[] = [];
  let failed = 0;
  const perInterval = Math.ceil(total / intervals);
  try {
    for (let interval = 0; interval < intervals && performance.now() < endAt; interval++) {
      failed += await manyCalls(perInterval, echo, endAt);
      const sample = sampleNow((interval + 1) * perInterval);
      samples.push(sample);
      process.stderr.write(`bench: ${sample.calls.toLocaleString("en")} calls, heap ${sample.heapMB.toFixed(2)} MB\n`);
    }
  } finally {
    await closeClient(bench);
    await svr.stop();
  }
  const text = `${report(samples, values.variant)} Calls that failed: ${failed}.`;
  process.stdout.write(`${text}\n`);
  if (values.write) writeSection("soak", `${machine()} Node ${process.versions.node}.\n\n${text}`);
  return samples.length === intervals && growthOf(samples) <= allowedMB;
};

/** Answers how many failed: on a machine that stands still for a second some run into their timeout, which must not end the soak. */
const manyCalls = async (count: number, echo: () => Promise<unknown>, endAt: number): Promise<number> => {
  let left = count;
  let failed = 0;
  const lane = async (): Promise<void> => {
    while (left > 0 && ((left & 0xfff) !== 0 || performance.now() < endAt)) {
      left--;
      try {
        await echo();
      } catch (error) {
        if (failed++ === 0) process.stderr.write(`bench: first failure: ${String(error)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return failed;
};

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const sampleNow = (calls: number): Sample => {
  // What finalizers let go of is collected by the second.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { calls, heapMB: heapUsed / 1e6, outsideMB: external / 1e6, rssMB: rss / 1e6 };
};

const growthOf = (samples: readonly Sample[]): number => {
  const [first, last] = [samples[settled - 1], samples.at(-1)];
  return first === undefined || last === undefined ? Infinity : last.heapMB - first.heapMB;
};

const report = (samples: readonly Sample[], variant: string): string => {
  const rows = samples.map(({ calls, heapMB, outsideMB, rssMB }) => [
    calls.toLocaleString("en"),
    heapMB.toFixed(2),
    outsideMB.toFixed(2),
    rssMB.toFixed(0),
  ]);
  const verdict = `Heap growth from the first row to the last: ${growthOf(samples).toFixed(2)} MB (variant ${variant}, 1 KiB, ${lanes} in flight).`;
  return [...markdown(["calls", "heap after GC, MB", "outside the heap, MB", "RSS, MB"], rows), "", verdict].join("\n");
};
