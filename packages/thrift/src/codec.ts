import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import { type CodecFactory, codecOf } from "./backend.ts";
import { wires } from "./interpret/wires.ts";
import type { StructPlan } from "./plan/struct-plan.ts";
import { decodeError } from "./runtime/decode-error.ts";
import { encodeError } from "./runtime/encode-error.ts";
import { grantMemory } from "./runtime/memory-budget.ts";
import type { WireProtocol } from "./wire-protocol.ts";

/** `depth` is the level of nesting of the value itself: 1 for the outermost. */
export type Encode = (writer: ByteWriter, value: unknown, depth: number) => void;
export type Decode = (reader: ByteReader, depth: number) => unknown;

/**
 * The two functions of one struct in one protocol. Compiled on first use: what a program never sends costs nothing, and thunks are called when every module
 * has been loaded. Other codecs hold on to this object and call through it, so that cycles of structs need no order.
 */
export class StructCodec {
  encode: Encode;
  decode: Decode;
  readonly #makePlan: () => StructPlan;
  readonly #factory: CodecFactory | undefined;
  readonly #protocol: WireProtocol;
  #compact: StructCodec | undefined = undefined;
  #plan: StructPlan | undefined = undefined;

  constructor(makePlan: () => StructPlan, factory?: CodecFactory, protocol: WireProtocol = "binary") {
    this.#makePlan = makePlan;
    this.#factory = factory;
    this.#protocol = protocol;
    this.encode = (writer, value, depth) => this.#compile().encode(writer, value, depth);
    this.decode = (reader, depth) => this.#compile().decode(reader, depth);
  }

  get plan(): StructPlan {
    this.#plan ??= this.#makePlan();
    return this.#plan;
  }

  /** The same struct in Thrift Compact; made when first asked for. */
  get compact(): StructCodec {
    this.#compact ??= new StructCodec(() => this.plan, this.#factory?.compact, "compact");
    return this.#compact;
  }

  #compile(): this {
    const { encode, decode } = codecOf(this.plan, this.#protocol, this.#factory);
    this.encode = encode;
    this.decode = decode;
    return this;
  }

  /** Encodes an outermost value. @throws InvalidValueError */
  write(writer: ByteWriter, value: unknown): void {
    try {
      this.encode(writer, value, 1);
    } catch (error) {
      throw encodeError(this.plan, wires[this.#protocol].writer, value, error);
    }
  }

  /** Decodes an outermost value. @throws ProtocolException */
  read(reader: ByteReader): unknown {
    grantMemory(reader.remaining);
    try {
      return this.decode(reader, 1);
    } catch (error) {
      throw decodeError(this.plan.name, error);
    }
  }
}
