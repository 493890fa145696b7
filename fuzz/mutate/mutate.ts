import type { Random } from "../lib/random.ts";
import type { Sample, Site } from "./sample.ts";

/** A sample with a few changes, most of them where its structure is. `others`: what pieces may come from. */
export const mutate = (random: Random, sample: Sample, others: readonly Sample[]): Buffer => {
  let bytes: Buffer = Buffer.from(sample.bytes);
  const edits = 1 + random.size(6);
  // From the end to the beginning, so that places stay where they are.
  const sites = Array.from({ length: sample.sites.length === 0 ? 0 : edits }, () => random.pick(sample.sites)).sort(
    (a, b) => b.at - a.at,
  );
  let before = bytes.length;
  for (const site of sites) {
    // Units contain other sites: what has been replaced has none any more.
    if (site.at + site.size > before) continue;
    bytes = editSite(random, bytes, site, others);
    before = site.at;
  }
  if (sites.length === 0 || random.oneIn(4)) bytes = editAnywhere(random, bytes, others);
  return bytes;
};

const editSite = (random: Random, bytes: Buffer, site: Site, others: readonly Sample[]): Buffer => {
  switch (site.kind) {
    case "int":
      writeInt(random, bytes, site);
      return bytes;
    case "type":
      bytes[site.at] = random.oneIn(8) ? random.below(256) : random.below(20);
      return bytes;
    case "varint":
      return replace(bytes, site, varint(random));
    case "content":
      return editContent(random, bytes, site);
    case "unit":
      return editUnit(random, bytes, site, others);
  }
};

const writeInt = (random: Random, bytes: Buffer, { at, size }: Site): void => {
  if (size === 8) {
    bytes.writeInt32BE(random.edge(bytes.readInt32BE(at)), at);
    bytes.writeInt32BE(random.edge(0), at + 4);
    return;
  }
  // `edge` gives 32 bits; shorter integers take the lowest.
  const old = bytes.readUIntBE(at, size);
  const value = random.oneIn(4) ? random.edge(bytes.length - at) : random.edge(old);
  bytes.writeUIntBE(size === 4 ? value >>> 0 : value & (2 ** (size * 8) - 1), at, size);
};

const varint = (random: Random): Buffer => {
  // Ten bytes are the most that a number takes; more never end.
  if (random.oneIn(16)) return Buffer.alloc(9 + random.below(4), 0xff);
  const parts: number[] = [];
  let value = random.edge(1) >>> 0;
  for (; value > 0x7f; value >>>= 7) parts.push((value & 0x7f) | 0x80);
  return Buffer.from([...parts, value]);
};

/** Invalid UTF-8, ends of strings, what languages take for something else. */
const contents = [
  ...["ff", "c0af", "eda080", "f4908080", "00", "e2", "efbbbf", "c3a9", "f09f9880"].map((hex) =>
    Buffer.from(hex, "hex"),
  ),
  ...[
    "__proto__",
    "constructor",
    "toString",
    "{}",
    '{"a":',
    "%00",
    "\r\n",
    "NaN",
    "-1",
    "1e309",
    "99999999999999999999",
  ].map((text) => Buffer.from(text)),
];

const editContent = (random: Random, bytes: Buffer, site: Site): Buffer => {
  if (site.size === 0) return replace(bytes, site, random.pick(contents));
  const at = site.at + random.below(site.size);
  const rest = site.at + site.size - at;
  if (random.oneIn(2)) {
    // Of the same length, so that what comes behind is still read.
    random.pick(contents).copy(bytes, at, 0, rest);
    return bytes;
  }
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  return bytes;
};

const editUnit = (random: Random, bytes: Buffer, site: Site, others: readonly Sample[]): Buffer => {
  const unit = bytes.subarray(site.at, site.at + site.size);
  switch (random.below(4)) {
    case 0:
      return replace(bytes, site, Buffer.alloc(0));
    case 1:
      return replace(bytes, site, Buffer.concat([unit, unit]));
    case 2:
      return replace(bytes, site, pieceOf(random, others) ?? unit);
    default: {
      // Often enough to reach limits of depth and count, short enough to be quick.
      const times = 2 + random.size(200);
      return site.size * times > LARGEST ? bytes : replace(bytes, site, Buffer.concat(Array(times).fill(unit)));
    }
  }
};

const LARGEST = 64 * 1024;

const pieceOf = (random: Random, others: readonly Sample[]): Buffer | undefined => {
  const other = random.pick(others);
  const units = other.sites.filter(({ kind }) => kind === "unit");
  if (units.length === 0) return undefined;
  const { at, size } = random.pick(units);
  return other.bytes.subarray(at, at + size);
};

const replace = (bytes: Buffer, { at, size }: Pick<Site, "at" | "size">, by: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + size)]);

/** What needs no knowledge of the bytes. */
const editAnywhere = (random: Random, bytes: Buffer, others: readonly Sample[]): Buffer => {
  const at = random.below(bytes.length + 1);
  const size = random.size(bytes.length - at);
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return replace(bytes, { at, size }, random.bytes(random.size(64)));
    case 2: {
      const other = random.pick(others).bytes;
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
    case 3:
      return replace(bytes, { at, size: 0 }, bytes.subarray(at, at + size));
    case 4:
      if (at + 4 <= bytes.length) writeInt(random, bytes, { kind: "int", at, size: random.pick([1, 2, 4]) });
      return bytes;
    default:
      for (let flips = 1 + random.size(8); flips > 0 && bytes.length > 0; flips--) {
        const index = random.below(bytes.length);
        bytes[index] = (bytes[index] as number) ^ (1 << random.below(8));
      }
      return bytes;
  }
};
