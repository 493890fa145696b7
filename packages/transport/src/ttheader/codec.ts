import { TransportError } from "@kitex-ts/core";
import type { ByteWriter } from "@kitex-ts/core/spi";

// A TTHeader unit. All integers are big-endian.
//
//    0         4       6       8         12      14            14+H            LENGTH+4
//   ┌─────────┬───────┬───────┬─────────┬───────┬──────────────┬───────────────┐
//   │ LENGTH  │ 0x1000│ FLAGS │ SEQID   │ UNITS │ variable, H  │ payload       │     H = UNITS × 4
//   └─────────┴───────┴───────┴─────────┴───────┴──────────────┴───────────────┘
//   variable: u8 protocol · u8 n · n transform ids · info blocks · padding
//   block:    0x00 padding
//             0x01 u16 count · (str2 key, str2 value) …        string pairs
//             0x10 u16 count · (u16 key, str2 value) …         integer pairs
//             0x11 str2                                        ACL token

export const PREFIX_BYTES = 14;
export const MAGIC = 0x1000;
/** 65535 units. Kitex before 0.15.4 reads at most 65532. */
export const MAX_HEADER_BYTES = 262_140;

export const Block = { padding: 0x00, strings: 0x01, ints: 0x10, token: 0x11 } as const;
const protocolIds: readonly number[] = [0x00, 0x03, 0x04, 0x10, 0x11];

/** Is `word`, the second of a message, the mark of a TTHeader? */
export const isTTHeader = (word: number): boolean => word >>> 16 === MAGIC;

/** Receives what {@link readHeader} finds, as offsets: nothing becomes a string before somebody wants it. */
export interface HeaderVisitor {
  onString(buffer: Buffer, view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void;
  onInt(buffer: Buffer, view: DataView, key: number, valueStart: number, valueEnd: number): void;
  onToken(buffer: Buffer, start: number, end: number): void;
}

const malformed = (detail: string): never => {
  throw new TransportError("malformed_header", `TTHeader: ${detail}`);
};

/**
 * Reads the variable header of the unit at `[start, end)` and answers where the payload begins.
 *
 * @throws TransportError `malformed_header`
 */
export const readHeader = (
  buffer: Buffer,
  view: DataView,
  start: number,
  end: number,
  maxHeaderBytes: number,
  visitor: HeaderVisitor,
): number => {
  const length = view.getUint16(start + 12) * 4;
  const headerEnd = start + PREFIX_BYTES + length;
  if (length === 0) malformed("header of 0 bytes");
  if (length > maxHeaderBytes) malformed(`header of ${length} bytes, the limit is ${maxHeaderBytes}`);
  if (headerEnd > end) malformed(`header of ${length} bytes in a unit of ${end - start}`);
  let at = start + PREFIX_BYTES;
  const protocolId = buffer[at] as number;
  if (!protocolIds.includes(protocolId)) malformed(`unsupported protocol id ${protocolId}`);
  const transforms = buffer[at + 1] as number;
  at += 2 + transforms;
  if (at > headerEnd) malformed(`${transforms} transforms do not fit into ${length} bytes`);
  while (at < headerEnd) {
    const block = buffer[at++] as number;
    switch (block) {
      case Block.padding:
        break;
      case Block.strings:
        at = readPairs(buffer, view, at, headerEnd, true, visitor);
        break;
      case Block.ints:
        at = readPairs(buffer, view, at, headerEnd, false, visitor);
        break;
      case Block.token: {
        const tokenEnd = shortEnd(view, at, headerEnd);
        visitor.onToken(buffer, at + 2, tokenEnd);
        at = tokenEnd;
        break;
      }
      default:
        malformed(`unknown info block 0x${block.toString(16).padStart(2, "0")}`);
    }
  }
  return headerEnd;
};

/** End of the length-prefixed value at `at`. */
const shortEnd = (view: DataView, at: number, limit: number): number => {
  if (at + 2 > limit) malformed("an info block ends too early");
  const end = at + 2 + view.getUint16(at);
  if (end > limit) malformed("a value is longer than the header");
  return end;
};

/** Reads `u16 count` and so many pairs from `start`; answers where they end. Mesh headers consist of one such list. */
export const readPairs = (
  buffer: Buffer,
  view: DataView,
  start: number,
  limit: number,
  hasStringKeys: boolean,
  visitor: HeaderVisitor,
): number => {
  if (start + 2 > limit) malformed("an info block ends too early");
  const count = view.getUint16(start);
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    if (hasStringKeys) {
      const keyEnd = shortEnd(view, at, limit);
      const valueEnd = shortEnd(view, keyEnd, limit);
      visitor.onString(buffer, view, at + 2, keyEnd, valueEnd);
      at = valueEnd;
    } else {
      if (at + 2 > limit) malformed("an info block ends too early");
      const valueEnd = shortEnd(view, at + 2, limit);
      visitor.onInt(buffer, view, view.getUint16(at), at + 4, valueEnd);
      at = valueEnd;
    }
  }
  return at;
};

const nothing: HeaderVisitor = { onString: () => {}, onInt: () => {}, onToken: () => {} };

/**
 * Where the string pairs of a header that we wrote stand: the block's first byte and its count, -1 without one (`at` is then where it would be); and
 * where the info blocks end and padding begins.
 */
export const stringBlockOf = (
  buffer: Buffer,
  view: DataView,
  start: number,
  headerEnd: number,
): { readonly at: number; readonly count: number; readonly end: number } => {
  let at = start + PREFIX_BYTES + 2;
  if (buffer[at] === Block.token) at = shortEnd(view, at + 1, headerEnd);
  const count = at < headerEnd && buffer[at] === Block.strings ? view.getUint16(at + 1) : -1;
  let end = count < 0 ? at : readPairs(buffer, view, at + 1, headerEnd, true, nothing);
  if (end < headerEnd && buffer[end] === Block.ints) end = readPairs(buffer, view, end + 1, headerEnd, false, nothing);
  return { at, count, end };
};

/** A header as values, for those written seldom enough not to need a template. */
export interface HeaderContent {
  readonly flags: number;
  readonly sequenceId: number;
  readonly token?: string | undefined;
  readonly strings?: ReadonlyMap<string, string> | undefined;
  readonly ints?: ReadonlyMap<number, string> | undefined;
}

/**
 * Writes prefix and variable header; the payload comes next, then {@link patchLength}.
 *
 * @throws RangeError when a key or value is longer than 65,535 bytes, or the header than {@link MAX_HEADER_BYTES}
 */
export const writeHeader = (writer: ByteWriter, content: HeaderContent): void => {
  const start = beginHeader(writer, content.flags, content.sequenceId);
  if (content.token !== undefined) writeToken(writer, content.token);
  const { strings, ints } = content;
  if (strings !== undefined && strings.size > 0) {
    beginPairs(writer, Block.strings, strings.size);
    for (const [key, value] of strings) writeStringPair(writer, key, value);
  }
  if (ints !== undefined && ints.size > 0) {
    beginPairs(writer, Block.ints, ints.size);
    for (const [key, value] of ints) writeIntPair(writer, key, value);
  }
  endHeader(writer, start);
};

/** Writes the prefix (LENGTH and UNITS still 0), protocol id and transform count. Answers where the unit begins. */
export const beginHeader = (writer: ByteWriter, flags: number, sequenceId: number): number => {
  writer.reserve(PREFIX_BYTES + 2);
  const start = writer.offset;
  const { view } = writer;
  view.setInt32(start, 0);
  view.setInt32(start + 4, (MAGIC << 16) | flags);
  view.setInt32(start + 8, sequenceId);
  view.setInt32(start + 12, 0);
  writer.offset = start + PREFIX_BYTES + 2;
  return start;
};

export const writeToken = (writer: ByteWriter, token: string): void => {
  writer.writeU8(Block.token);
  writer.writeShortString(token);
};

/** Begins a block; `count` pairs follow. */
export const beginPairs = (writer: ByteWriter, block: number, count: number): void => {
  writer.writeU8(block);
  writer.writeI16(count);
};

export const writeStringPair = (writer: ByteWriter, key: string, value: string): void => {
  writer.writeShortString(key);
  writer.writeShortString(value);
};

export const writeIntPair = (writer: ByteWriter, key: number, value: string): void => {
  writer.writeI16(key);
  writer.writeShortString(value);
};

/** Pads the variable header of the unit at `start` and sets its size. */
export const endHeader = (writer: ByteWriter, start: number): void => {
  writer.reserve(3);
  const { buffer } = writer;
  while ((writer.offset - start - PREFIX_BYTES) % 4 !== 0) buffer[writer.offset++] = 0;
  const length = writer.offset - start - PREFIX_BYTES;
  if (length > MAX_HEADER_BYTES) {
    throw new RangeError(`TTHeader of ${length} bytes, at most ${MAX_HEADER_BYTES} can be sent; send less metainfo`);
  }
  writer.view.setUint16(start + 12, length / 4);
};

/** Sets LENGTH of the unit at `start`, which ends at the writer's offset. */
export const patchLength = (writer: ByteWriter, start: number): void => {
  writer.view.setUint32(start, writer.offset - start - 4);
};
