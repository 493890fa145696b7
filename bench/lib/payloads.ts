import type { Payload } from "./arguments.ts";

const text = (length: number): string =>
  "abcdefghijklmnopqrstuvwxyz0123456789".repeat(Math.ceil(length / 36)).slice(0, length);

/** Bytes of the larger string of a Simple; a Rich has about 940 in all. */
export const payloadSizes: Readonly<Record<Payload, number>> = { "64": 64, "1k": 1024, "16k": 16_384, rich: 1000 };

export interface SimpleValue {
  action: string;
  msg: string;
}

export const simpleValue = (payload: Payload): SimpleValue => ({ action: "echo", msg: text(payloadSizes[payload]) });

/** The fields of a Rich, as plain values; peers put them into their own types. */
export const richValue = {
  flag: true,
  kind: 7,
  code: -42,
  id: 1_234_567_890_123n,
  ts: 1_764_000_000_000n,
  ratio: 0.75,
  amount: 12_345.678,
  name: "a record of the usual kind",
  title: "Ärger mit Größen, 北京",
  note: text(120),
  blob: Uint8Array.from({ length: 64 }, (_, index) => index),
  tags: Array.from({ length: 10 }, (_, index) => `tag-${index}-${text(8)}`),
  attrs: new Map(Array.from({ length: 10 }, (_, index) => [`key-${index}`, `value-${text(12)}`])),
  nested: { id: 99n, name: "nested", score: 1.5, ok: true },
  refs: Array.from({ length: 10 }, (_, index) => BigInt(index) * 1_000_003n),
  deleted: false,
} as const;
