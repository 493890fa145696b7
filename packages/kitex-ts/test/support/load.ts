import { deferred } from "./waiting.ts";

export interface Load {
  /** Calls that have ended. */
  readonly count: number;
  /** Settles when a call has failed. */
  readonly failed: Promise<void>;
  /** Waits for so many more calls. */
  more(wanted: number): Promise<void>;
  /** Answers what failed. */
  end(): Promise<unknown[]>;
}

/** `width` callers, each calling again as soon as it has an answer, until told to stop; answers what failed. */
export const underLoad = (call: () => Promise<unknown>, width: number): Load => {
  let isRunning = true;
  let count = 0;
  const failures: unknown[] = [];
  const failed = deferred();
  const caller = async (): Promise<void> => {
    while (isRunning) {
      try {
        await call();
      } catch (error) {
        failures.push(error);
        failed.resolve();
      }
      count++;
    }
  };
  const callers = Promise.all(Array.from({ length: width }, caller));
  return {
    get count() {
      return count;
    },
    failed: failed.promise,
    more: async (wanted: number): Promise<void> => {
      const until = count + wanted;
      while (count < until) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    end: async (): Promise<unknown[]> => {
      isRunning = false;
      await callers;
      return failures;
    },
  };
};
