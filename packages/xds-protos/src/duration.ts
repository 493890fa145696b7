import type { Duration } from "./generated/messages.ts";

/** Milliseconds, with fractions, as a `Duration`; both of its parts have the sign of the whole. */
export function durationOf(milliseconds: number): Duration {
  const seconds = Math.trunc(milliseconds / 1000);
  const nanos = Math.round((milliseconds - seconds * 1000) * 1e6);
  return Math.abs(nanos) < 1e9 ? { seconds, nanos } : { seconds: seconds + Math.sign(nanos), nanos: 0 };
}

/** A `Duration` in milliseconds, with fractions. */
export const millisecondsOf = (duration: Duration): number => duration.seconds * 1000 + duration.nanos / 1e6;
