import type { Payload } from "../lib/arguments.ts";

/** What is sent, by how many at once, over how many connections. */
export interface Point {
  readonly payload: Payload;
  readonly concurrency: number;
  readonly connections: number;
}

const payloads = ["64", "1k", "16k", "rich"] as const;

/** Reads `1k:100` or `1k:1000:20`: payload, calls in flight, connections. @throws Error */
export const parsePoint = (text: string): Point => {
  const [payload, concurrency = 1, connections = 1, ...more] = text.split(":");
  const known = payloads.find((name) => name === payload);
  const [lanes, sockets] = [Number(concurrency), Number(connections)];
  const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 10_000;
  if (known === undefined || !isCount(lanes) || !isCount(sockets) || more.length > 0) {
    throw new Error(`a point is payload:in-flight[:connections] with payload ${payloads.join(", ")}, got ${text}`);
  }
  return { payload: known, concurrency: lanes, connections: sockets };
};

const payloadNames: Readonly<Record<Payload, string>> = {
  "64": "64 B",
  "1k": "1 KiB",
  "16k": "16 KiB",
  rich: "rich struct",
};

export const describePoint = ({ payload, concurrency, connections }: Point): string =>
  `${payloadNames[payload]}, ${concurrency} in flight${connections === 1 ? "" : `, ${connections} connections`}`;

/** What a person asks first. */
export const headlinePoints: readonly Point[] = ["1k:100", "rich:100", "1k:1"].map(parsePoint);

/** Every payload with every number of calls in flight, then many connections. */
export const fullPoints: readonly Point[] = [
  ...payloads.flatMap((payload) => [1, 10, 100, 1000].map((count) => `${payload}:${count}`)),
  ...payloads.flatMap((payload) => [100, 1000].map((count) => `${payload}:${count}:20`)),
].map(parsePoint);

/** Where runtimes are compared. */
export const runtimePoints: readonly Point[] = ["1k:100", "rich:100"].map(parsePoint);
