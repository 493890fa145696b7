import { callopt, RPCError } from "kitex-ts";
import type { GreetServiceClient } from "../kitex_gen/proxyless/proxyless.ts";

/** A number of calls to make and count. */
export interface Job {
  readonly method: "sayHello1" | "sayHello2";
  readonly calls: number;
  /** Calls in flight at a time. Default 10. */
  readonly concurrency?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly message?: string;
}

/** Where the calls went. */
export interface JobResult {
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  /** Failures by error kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** One of the failures, for people. */
  readonly firstError?: string;
  /** Milliseconds of the slowest call. */
  readonly slowestMs: number;
}

/** Makes the calls of a job, `concurrency` at a time. Failures are counted, not thrown. */
export const runJob = async (greet: GreetServiceClient, job: Job): Promise<JobResult> => {
  const versions: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const options = Object.entries(job.tags ?? {}).map(([key, value]) => callopt.withTag(key, value));
  let firstError: string | undefined;
  let slowestMs = 0;
  let left = job.calls;

  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAt = performance.now();
      try {
        const { Message } = await greet[job.method]({ Message: job.message ?? "kitex" }, ...options);
        const version = /from (\S+)$/.exec(Message)?.[1] ?? "unknown";
        versions[version] = (versions[version] ?? 0) + 1;
      } catch (error) {
        const kind = error instanceof RPCError ? error.kind : "not an RPCError";
        errors[kind] = (errors[kind] ?? 0) + 1;
        firstError ??= error instanceof Error ? error.message : String(error);
      }
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: job.concurrency ?? 10 }, lane));
  return { versions, errors, ...(firstError === undefined ? {} : { firstError }), slowestMs: Math.round(slowestMs) };
};
