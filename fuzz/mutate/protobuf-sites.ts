import type { Sample, Site } from "./sample.ts";

/** Where the varint at `at` ends; -1 when it does not. */
const varintEnd = (bytes: Buffer, at: number, limit: number): number => {
  for (let end = at; end < Math.min(limit, at + 10); end++) if ((bytes[end] as number) < 0x80) return end + 1;
  return -1;
};

const varintOf = (bytes: Buffer, at: number, end: number): number => {
  let value = 0;
  for (let index = end - 1; index >= at; index--) value = value * 128 + ((bytes[index] as number) & 0x7f);
  return value;
};

/** The sites of the fields in `[start, limit)`, or undefined when that is no message: a string may look like one. */
const fieldsOf = (bytes: Buffer, start: number, limit: number, depth: number): Site[] | undefined => {
  const sites: Site[] = [];
  let at = start;
  while (at < limit) {
    const begin = at;
    const tagEnd = varintEnd(bytes, at, limit);
    if (tagEnd < 0) return undefined;
    const tag = varintOf(bytes, at, tagEnd);
    const wireType = tag & 7;
    if (tag >>> 3 === 0 || tag >>> 3 > 20_000) return undefined;
    sites.push({ kind: "varint", at, size: tagEnd - at });
    at = tagEnd;
    if (wireType === 0 || wireType === 2) {
      const end = varintEnd(bytes, at, limit);
      if (end < 0) return undefined;
      sites.push({ kind: "varint", at, size: end - at });
      const length = wireType === 2 ? varintOf(bytes, at, end) : 0;
      if (end + length > limit) return undefined;
      if (length > 0) sites.push(...contentOf(bytes, end, end + length, depth));
      at = end + length;
    } else if (wireType === 1 || wireType === 5) {
      const size = wireType === 1 ? 8 : 4;
      if (at + size > limit) return undefined;
      sites.push({ kind: "int", at, size });
      at += size;
    } else return undefined;
    sites.push({ kind: "unit", at: begin, size: at - begin });
  }
  return sites;
};

const contentOf = (bytes: Buffer, start: number, end: number, depth: number): Site[] => {
  const whole: Site = { kind: "content", at: start, size: end - start };
  const inner = depth > 24 ? undefined : fieldsOf(bytes, start, end, depth + 1);
  return inner === undefined ? [whole] : inner;
};

/** A message in Protobuf; which of its strings are messages is a guess, and a good one. */
export const protobufMessage = (bytes: Buffer): Sample => ({ bytes, sites: fieldsOf(bytes, 0, bytes.length, 0) ?? [] });
