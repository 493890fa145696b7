import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader, ScanState } from "@kitex-ts/core/spi";
import { CType } from "../compact/ctype.ts";
import { elementSizeOf, isBool } from "../compact/skip.ts";
import { VARINT32_MAX, VARINT64_MAX } from "../compact/varint.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { depthExceeded, unknownType } from "../runtime/skip.ts";
import { badCompactVersion, isCompactEnvelope } from "./compact-envelope.ts";

/*
 * The stack is the one of scan.ts, two numbers for each open struct or container:
 *
 *    struct:     STRUCT, unused
 *    container:  type of the first element | type of the second << 8 (0: none), elements left
 *
 * For a map keys and values count one each, and the two types change places after every element. `position` always stands before something
 * that has not been passed, so resuming repeats at most one header, however long what follows it is.
 */
const STRUCT = -1;
/** Instead of a position: more must arrive. */
const MORE = -1;

/** See `PayloadCodec.scan`. */
export const scanCompactMessage = (reader: ByteReader, state: ScanState): number => new Scan(reader).run(state);

/** One attempt. Positions are relative to the message's first byte. */
class Scan {
  readonly #reader: ByteReader;
  readonly #begin: number;
  readonly #arrived: number;
  /** What {@link #varint} read. */
  #value = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#begin = reader.offset;
    this.#arrived = reader.remaining;
  }

  run(state: ScanState): number {
    const { stack } = state;
    let { position } = state;
    if (position === 0) {
      position = this.#envelope();
      if (position === MORE) return MORE;
      stack.push(STRUCT, 0);
    }
    while (stack.length > 0) {
      state.position = position;
      const top = stack.length - 2;
      position = stack[top] === STRUCT ? this.#field(position, stack) : this.#element(position, stack, top);
      if (position === MORE) return MORE;
    }
    state.position = position;
    return position;
  }

  #byte(position: number): number {
    return this.#reader.view.getUint8(this.#begin + position);
  }

  #envelope(): number {
    if (this.#arrived < 4) return MORE;
    if (!isCompactEnvelope(this.#reader.view.getUint32(this.#begin))) {
      throw badCompactVersion(this.#byte(0), this.#byte(1));
    }
    const behindId = this.#varint(2);
    if (behindId === MORE) return MORE;
    const behindLength = this.#length(behindId);
    if (behindLength === MORE) return MORE;
    return this.#upTo(behindLength + this.#value);
  }

  #field(position: number, stack: number[]): number {
    if (position >= this.#arrived) return MORE;
    const head = this.#byte(position);
    const ctype = head & 15;
    if (ctype === CType.stop) {
      stack.length -= 2;
      return position + 1;
    }
    const at = head > 15 ? position + 1 : this.#varint(position + 1);
    if (at === MORE) return MORE;
    return isBool(ctype) ? at : this.#enterOrPass(at, ctype, stack);
  }

  #element(position: number, stack: number[], top: number): number {
    const kind = stack[top] as number;
    const left = stack[top + 1] as number;
    if (left === 0) {
      stack.length = top;
      return position;
    }
    const next = this.#enterOrPass(position, kind & 15, stack);
    if (next === MORE) return MORE;
    stack[top + 1] = left - 1;
    if (kind > 0xff) stack[top] = (kind >> 8) | ((kind & 0xff) << 8);
    return next;
  }

  /** Passes a value, or opens it by a push on `stack`. Answers where to go on. */
  #enterOrPass(at: number, ctype: number, stack: number[]): number {
    const fixed = elementSizeOf(ctype);
    if (fixed !== 0) return this.#upTo(at + fixed);
    switch (ctype) {
      case CType.i16:
      case CType.i32:
      case CType.i64:
        return this.#passVarint(at);
      case CType.binary: {
        const bytes = this.#length(at);
        return bytes === MORE ? MORE : this.#upTo(bytes + this.#value);
      }
      case CType.struct:
        open(stack, STRUCT, 0);
        return at;
      case CType.list:
      case CType.set:
        return this.#enterSequence(at, stack);
      case CType.map:
        return this.#enterMap(at, stack);
      default:
        throw unknownType(ctype);
    }
  }

  #enterSequence(at: number, stack: number[]): number {
    if (at >= this.#arrived) return MORE;
    const head = this.#byte(at);
    if (head >> 4 < 15) return this.#openContainer(at + 1, stack, head >> 4, head & 15, 0);
    const elements = this.#length(at + 1);
    return elements === MORE ? MORE : this.#openContainer(elements, stack, this.#value, head & 15, 0);
  }

  #enterMap(at: number, stack: number[]): number {
    const types = this.#length(at);
    if (types === MORE) return MORE;
    if (this.#value === 0) return this.#openContainer(types, stack, 0, 0, 0);
    if (types >= this.#arrived) return MORE;
    const byte = this.#byte(types);
    if ((byte & 15) === 0) throw unknownType(0);
    return this.#openContainer(types + 1, stack, this.#value, byte >> 4, byte & 15);
  }

  /** `second` is 0 for lists and sets. Elements of fixed size are passed in one step, without a push. */
  #openContainer(at: number, stack: number[], count: number, first: number, second: number): number {
    if (stack.length / 2 >= MAX_DEPTH) throw depthExceeded();
    if (count === 0) return at;
    const firstSize = elementSizeOf(first);
    const secondSize = elementSizeOf(second);
    if (firstSize !== 0 && (second === 0 || secondSize !== 0)) return this.#upTo(at + count * (firstSize + secondSize));
    open(stack, first | (second << 8), second === 0 ? count : count * 2);
    return at;
  }

  #upTo(end: number): number {
    return end <= this.#arrived ? end : MORE;
  }

  /** Reads 32 bits at `at`; answers where they end. */
  #varint(at: number): number {
    let value = 0;
    for (let index = 0; index < VARINT32_MAX; index++) {
      if (at + index >= this.#arrived) return MORE;
      const byte = this.#byte(at + index);
      if (index === VARINT32_MAX - 1 && byte > 0x0f) break;
      value |= (byte & 0x7f) << (index * 7);
      if (byte < 0x80) {
        this.#value = value;
        return at + index + 1;
      }
    }
    throw tooLong(at, 32);
  }

  /** A length or count at `at`; answers where it ends. */
  #length(at: number): number {
    const end = this.#varint(at);
    if (end !== MORE && this.#value < 0) {
      throw new ProtocolException("negative_size", `length ${this.#value} at offset ${at}`);
    }
    return end;
  }

  #passVarint(at: number): number {
    for (let index = 0; index < VARINT64_MAX; index++) {
      if (at + index >= this.#arrived) return MORE;
      if (this.#byte(at + index) < 0x80) return at + index + 1;
    }
    throw tooLong(at, 64);
  }
}

const open = (stack: number[], kind: number, left: number): void => {
  if (stack.length / 2 >= MAX_DEPTH) throw depthExceeded();
  stack.push(kind, left);
};

const tooLong = (at: number, bits: number): ProtocolException =>
  new ProtocolException("invalid_data", `integer of more than ${bits} bits at offset ${at}`);
