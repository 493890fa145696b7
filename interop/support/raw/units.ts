import { i16, i32, ThriftReader, u8, type Value } from "./thrift-bytes.ts";

export const framed = (body: Buffer): Buffer => Buffer.concat([i32(body.length), body]);

const str2 = (value: string): Buffer => Buffer.concat([i16(Buffer.byteLength(value)), Buffer.from(value)]);

export const stringBlock = (...pairs: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat([u8(0x01), i16(pairs.length), ...pairs.flatMap((pair) => pair.map(str2))]);
export const intBlock = (...pairs: readonly (readonly [number, string])[]): Buffer =>
  Buffer.concat([u8(0x10), i16(pairs.length), ...pairs.flatMap(([key, value]) => [i16(key), str2(value)])]);

interface HeaderParts {
  readonly flags?: number;
  readonly sequenceId?: number;
  readonly protocol?: number;
  readonly transforms?: readonly number[];
  /** Info blocks. */
  readonly blocks?: readonly Buffer[];
  /** What the header is padded with; default 0. */
  readonly padding?: number;
}

/** A TTHeader before `payload`. */
export const ttheader = (
  { flags = 0, sequenceId = 1, protocol = 0, transforms = [], blocks = [], padding = 0 }: HeaderParts,
  payload: Buffer,
): Buffer => {
  const header = Buffer.concat([u8(protocol), u8(transforms.length), Buffer.from(transforms), ...blocks]);
  const padded = Buffer.concat([header, Buffer.alloc((4 - (header.length % 4)) % 4, padding)]);
  const length = i32(10 + padded.length + payload.length);
  return Buffer.concat([length, i16(0x1000), i16(flags), i32(sequenceId), i16(padded.length / 4), padded, payload]);
};

/** One message as it came, taken apart. */
export interface Unit {
  /** Bytes that it takes. */
  readonly bytes: number;
  readonly transport: "PurePayload" | "Framed" | "TTHeader" | "TTHeaderFramed";
  readonly flags?: number;
  readonly headerSequenceId?: number;
  readonly strings: Readonly<Record<string, string>>;
  readonly ints: Readonly<Record<number, string>>;
  readonly type: number;
  readonly method: string;
  readonly sequenceId: number;
  readonly body: { readonly [id: string]: Value };
}

/** The message at the start of `bytes`, undefined when it is not there in full. */
export const readUnit = (bytes: Buffer): Unit | undefined => {
  try {
    return bytes.length >= 8 && bytes.readUInt16BE(4) === 0x1000 ? readHeaderUnit(bytes) : readPayload(bytes, 0);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const readPayload = (bytes: Buffer, at: number): Unit => {
  const isFramed = bytes.readUInt16BE(at) !== 0x8001;
  const reader = new ThriftReader(bytes, isFramed ? at + 4 : at);
  const type = reader.i32() & 0xffff;
  const method = reader.binary().toString();
  const sequenceId = reader.i32();
  const body = reader.struct();
  return {
    bytes: reader.offset,
    transport: isFramed ? "Framed" : "PurePayload",
    strings: {},
    ints: {},
    type,
    method,
    sequenceId,
    body,
  };
};

const readHeaderUnit = (bytes: Buffer): Unit => {
  const payloadAt = 14 + bytes.readUInt16BE(12) * 4;
  if (bytes.length < bytes.readUInt32BE(0) + 4) throw new RangeError("a message ends behind the bytes");
  const payload = readPayload(bytes, payloadAt);
  return {
    ...payload,
    bytes: bytes.readUInt32BE(0) + 4,
    transport: payload.transport === "Framed" ? "TTHeaderFramed" : "TTHeader",
    flags: bytes.readUInt16BE(6),
    headerSequenceId: bytes.readInt32BE(8),
    ...pairsOf(bytes.subarray(14, payloadAt)),
  };
};

/** The pairs of a header's variable part. */
const pairsOf = (header: Buffer): Pick<Unit, "strings" | "ints"> => {
  const strings: Record<string, string> = {};
  const ints: Record<number, string> = {};
  let at = 2 + header.readUInt8(1);
  const next = (): string => {
    const length = header.readUInt16BE(at);
    at += 2 + length;
    return header.toString("utf8", at - length, at);
  };
  while (at < header.length) {
    const block = header.readUInt8(at++);
    if (block === 0) continue;
    if (block === 0x11) next();
    else {
      const count = header.readUInt16BE(at);
      at += 2;
      for (let i = 0; i < count; i++) {
        if (block === 0x01) {
          const key = next();
          strings[key] = next();
        } else {
          at += 2;
          ints[header.readUInt16BE(at - 2)] = next();
        }
      }
    }
  }
  return { strings, ints };
};

/** A message in a few words: `reply "hi"`, `exception 7`. */
export const wordsOf = ({ type, body }: Unit): string => {
  if (type === 3) return `exception ${JSON.stringify(body["2"])}`;
  if (type !== 2) return `message of type ${type}`;
  return `reply ${JSON.stringify("0" in body ? body["0"] : body)}`;
};
