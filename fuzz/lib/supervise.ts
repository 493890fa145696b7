import { Worker } from "node:worker_threads";
import type { Finding, WorkerMessage, WorkerOrder } from "./finding.ts";

/** What one worker may take before it is ended. */
export interface Limits {
  /** For one input. No input takes a hundredth of the default; a machine that is busy with other things has to be allowed for. */
  readonly hangMs: number;
  /** Of objects; buffers are looked at by the worker itself. */
  readonly heapMb: number;
}

const defaultLimits: Limits = { hangMs: 10_000, heapMb: 1024 };
const LOOK_MS = 250;
/** Ends the target: a decoder that hangs on one input hangs on many. */
const MOST_RESTARTS = 3;

export interface Job {
  readonly target: string;
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  /** From `performance.now()`. */
  readonly deadline: number;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** Inputs that were run. */
  readonly runs: number;
  readonly milliseconds: number;
  /** Highest memory of the whole process while it ran. */
  readonly peakBytes: number;
  readonly isOutOfTime: boolean;
}

const workerFile = new URL("./worker.ts", import.meta.url);
const allTargets = new URL("../targets/index.ts", import.meta.url);

/** Runs a target in a worker; starts another one behind an input that the worker did not survive. */
export async function supervise(job: Job, targets: URL = allTargets, limits: Limits = defaultLimits): Promise<Outcome> {
  const began = performance.now();
  const findings: Finding[] = [];
  let peakBytes = 0;
  let from = job.from;
  let end: End = { next: from, isOutOfTime: false, isUseless: false };
  for (let restarts = 0; restarts <= MOST_RESTARTS && from < job.to; restarts++) {
    end = await runWorker({ ...job, from }, targets, limits, {
      onFinding: (finding) => findings.push(finding),
      onLook: (bytes) => {
        peakBytes = Math.max(peakBytes, bytes);
      },
    });
    from = end.next;
    if (end.isOutOfTime || end.isUseless || findings.length > MOST_RESTARTS) break;
  }
  return {
    findings,
    runs: from - job.from,
    milliseconds: performance.now() - began,
    peakBytes,
    isOutOfTime: end.isOutOfTime,
  };
}

interface End {
  /** Number of the first input that has not been run. */
  readonly next: number;
  readonly isOutOfTime: boolean;
  /** It failed before its first input; another try would as well. */
  readonly isUseless: boolean;
}

interface Listener {
  onFinding(finding: Finding): void;
  onLook(rssBytes: number): void;
}

function runWorker(job: Job, targets: URL, limits: Limits, listener: Listener): Promise<End> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  Atomics.store(progress, 0, -1);
  const { target, seed, from, to } = job;
  const order: WorkerOrder = { targets: targets.href, target, seed, from, to, progress };
  const worker = new Worker(workerFile, {
    workerData: order,
    // Sources, not what was built of them some time ago.
    execArgv: ["--conditions=@kitex-ts/source"],
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
  });
  return new Promise<End>((resolve) => {
    let isDone = false;
    let last = -1;
    let movedAt = performance.now();
    const current = (): number => Math.max(job.from, Atomics.load(progress, 0));
    const finish = (end: End): void => {
      if (isDone) return;
      isDone = true;
      clearInterval(timer);
      void worker.terminate().then(() => resolve(end));
    };
    const fail = (kind: Finding["kind"], detail: string): void => {
      if (isDone) return;
      listener.onFinding({ index: current(), kind, detail, input: "" });
      const isUseless = Atomics.load(progress, 0) < 0;
      finish({ next: isUseless ? job.from : current() + 1, isOutOfTime: false, isUseless });
    };
    const timer = setInterval(() => {
      const now = performance.now();
      listener.onLook(process.memoryUsage.rss());
      const index = Atomics.load(progress, 0);
      if (index !== last) {
        last = index;
        movedAt = now;
      } else if (now - movedAt > limits.hangMs) fail("hang", `still at it after ${limits.hangMs} ms`);
      if (now > job.deadline) finish({ next: current(), isOutOfTime: true, isUseless: false });
    }, LOOK_MS);
    worker.on("message", (message: WorkerMessage) => {
      if (message.type === "finding") listener.onFinding(message.finding);
      else finish({ next: message.next, isOutOfTime: false, isUseless: false });
    });
    worker.on("error", (error: unknown) => {
      const isMemory = (error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY";
      fail(isMemory ? "memory" : "crash", error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
    worker.on("exit", (code) => fail("crash", `the worker ended with ${code}`));
  });
}
