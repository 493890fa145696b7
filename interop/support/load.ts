import { type Caller, CallFailure } from "./pair.ts";

export interface Load {
  /** Waits for so many more calls. */
  more(count: number): Promise<void>;
  /** Answers what failed, and a line about it. */
  end(): Promise<{ readonly failures: readonly CallFailure[]; readonly report: string }>;
}

/** `width` callers, each of which calls again as soon as it has its own answer, until the end. */
export function startLoad(caller: Caller, width: number): Load {
  const failures: CallFailure[] = [];
  let isRunning = true;
  let count = 0;
  let wrong: unknown;
  const loop = async (name: number): Promise<void> => {
    for (let i = 0; isRunning; i++) {
      const text = `${name}/${i}`;
      try {
        // Some calls are always running.
        if (i % 3 === 2) await caller.sleep(3);
        else if ((await caller.ping(text)) !== text) wrong ??= new Error(`${text} got the answer of another call`);
      } catch (error) {
        if (error instanceof CallFailure) failures.push(error);
        else wrong ??= error;
      }
      count++;
    }
  };
  const loops = Promise.all(Array.from({ length: width }, (_, name) => loop(name)));
  return {
    more: async (wanted) => {
      const until = count + wanted;
      while (count < until && wrong === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    end: async () => {
      isRunning = false;
      await loops;
      if (wrong !== undefined) throw new Error("the load went wrong", { cause: wrong });
      return { failures, report: `${failures.length} of ${count} calls failed${summaryOf(failures)}` };
    },
  };
}

const summaryOf = (failures: readonly CallFailure[]): string => {
  const counts = new Map<string, number>();
  for (const { class: found } of failures) counts.set(found, (counts.get(found) ?? 0) + 1);
  return counts.size === 0 ? "" : `: ${[...counts].map(([found, count]) => `${count} ${found}`).join(", ")}`;
};
