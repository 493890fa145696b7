import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader, ScanState } from "@kitex-ts/core/spi";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { depthExceeded, fixedSizeOf, unknownType } from "../runtime/skip.ts";
import { TType } from "../ttype.ts";
import { envelopeLength } from "./envelope.ts";

/*
 * The stack holds two numbers for each open struct or container:
 *
 *    struct:     STRUCT, unused
 *    container:  type of the first element | type of the second << 8 (0: none), elements left
 *
 * For a map keys and values count one each, and the two types change places after every element. `position` always stands before something
 * that has not been passed, so resuming repeats at most one header, however long what follows it is.
 */
const STRUCT = -1;

/** See `PayloadCodec.scan`. */
export const scanMessage = (reader: ByteReader, state: ScanState): number => {
  const { stack } = state;
  const { view } = reader;
  const begin = reader.offset;
  const arrived = reader.remaining;
  let position = state.position;

  if (position === 0) {
    const envelope = envelopeLength(reader);
    if (envelope === -1 || envelope > arrived) return -1;
    position = envelope;
    stack.push(STRUCT, 0);
  }

  while (stack.length > 0) {
    state.position = position;
    const top = stack.length - 2;
    const kind = stack[top] as number;
    let ttype: number;
    // Where the value of that type begins; `position` moves there only when the value can be passed or entered.
    let at = position;
    if (kind === STRUCT) {
      if (position >= arrived) return -1;
      ttype = view.getUint8(begin + position);
      if (ttype === TType.stop) {
        stack.length = top;
        position++;
        continue;
      }
      at += 3;
      // Kitex' generic servers answer a method without a result with a VOID field that holds an empty struct.
      if (ttype === TType.void && stack.length === 2) ttype = TType.struct;
    } else {
      const left = stack[top + 1] as number;
      if (left === 0) {
        stack.length = top;
        continue;
      }
      ttype = kind & 0xff;
    }

    const next = enterOrPass(view, begin, at, arrived, ttype, stack);
    if (next === -1) return -1;
    if (kind !== STRUCT) {
      stack[top + 1] = (stack[top + 1] as number) - 1;
      if (kind > 0xff) stack[top] = (kind >> 8) | ((kind & 0xff) << 8);
    }
    position = next;
  }
  state.position = position;
  return position;
};

/** Passes a value, or opens it by a push on `stack`. Answers where to go on, or -1 when it has not arrived. */
const enterOrPass = (
  view: DataView,
  begin: number,
  at: number,
  arrived: number,
  ttype: number,
  stack: number[],
): number => {
  const fixed = fixedSizeOf(ttype);
  if (fixed !== 0) return at + fixed <= arrived ? at + fixed : -1;
  switch (ttype) {
    case TType.string: {
      if (at + 4 > arrived) return -1;
      const end = at + 4 + lengthAt(view, begin + at);
      return end <= arrived ? end : -1;
    }
    case TType.struct:
      open(stack, STRUCT, 0);
      return at;
    case TType.list:
    case TType.set: {
      if (at + 5 > arrived) return -1;
      const element = view.getUint8(begin + at);
      const count = lengthAt(view, begin + at + 1);
      return openContainer(stack, at + 5, arrived, count, element, 0);
    }
    case TType.map: {
      if (at + 6 > arrived) return -1;
      const key = view.getUint8(begin + at);
      const value = view.getUint8(begin + at + 1);
      const count = lengthAt(view, begin + at + 2);
      if (count > 0 && value === TType.stop) throw unknownType(value);
      return openContainer(stack, at + 6, arrived, count, key, value);
    }
    default:
      throw unknownType(ttype);
  }
};

/** `second` is 0 for lists and sets. Elements of fixed size are passed in one step, without a push. */
const openContainer = (
  stack: number[],
  at: number,
  arrived: number,
  count: number,
  first: number,
  second: number,
): number => {
  if (stack.length / 2 >= MAX_DEPTH) throw depthExceeded();
  if (count === 0) return at;
  const isMap = second !== 0;
  const firstSize = fixedSizeOf(first);
  const secondSize = isMap ? fixedSizeOf(second) : 0;
  if (firstSize !== 0 && (!isMap || secondSize !== 0)) {
    const end = at + count * (firstSize + secondSize);
    return end <= arrived ? end : -1;
  }
  open(stack, first | (second << 8), isMap ? count * 2 : count);
  return at;
};

const open = (stack: number[], kind: number, left: number): void => {
  if (stack.length / 2 >= MAX_DEPTH) throw depthExceeded();
  stack.push(kind, left);
};

const lengthAt = (view: DataView, offset: number): number => {
  const length = view.getInt32(offset);
  if (length < 0) throw new ProtocolException("negative_size", `length ${length} at offset ${offset}`);
  return length;
};
