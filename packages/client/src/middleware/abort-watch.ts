/** Who is to be told when a signal is aborted. */
const watchers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Tells `onAbort` when `signal` is aborted. All calls with the same signal, such as that of a program that is to stop, share one listener: a signal
 * looks through its listeners whenever one comes or goes.
 */
export const onceAborted = (signal: AbortSignal, onAbort: () => void): void => {
  let waiting = watchers.get(signal);
  if (waiting === undefined) {
    waiting = new Set();
    watchers.set(signal, waiting);
  }
  if (waiting.size === 0) signal.addEventListener("abort", tellWatchers, { once: true });
  waiting.add(onAbort);
};

/** Takes back {@link onceAborted}. */
export const forgetAbort = (signal: AbortSignal, onAbort: () => void): void => {
  const waiting = watchers.get(signal);
  if (waiting?.delete(onAbort) === true && waiting.size === 0) signal.removeEventListener("abort", tellWatchers);
};

function tellWatchers(this: AbortSignal): void {
  for (const onAbort of watchers.get(this) ?? []) onAbort();
}
