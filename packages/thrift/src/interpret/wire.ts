import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { ScalarType } from "../field-type.ts";
import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, SequencePlan } from "../plan/type-plan.ts";
import type { Keeping } from "../runtime/unknown-fields.ts";
import type { WireProtocol } from "../wire-protocol.ts";

/** How one protocol puts down what the interpreter walks over. */
export interface WireWriter {
  order(plan: StructPlan): readonly FieldPlan[];
  /** Writes the header of a field behind the one with id `previous`, 0 for none; answers whether that was the value too. */
  writeHead(writer: ByteWriter, field: FieldPlan, previous: number, value: unknown): boolean;
  writeSequenceHead(writer: ByteWriter, type: SequencePlan, count: number): void;
  writeMapHead(writer: ByteWriter, type: MapPlan, count: number): void;
  /** `value` has been checked to be one of this type. */
  writeScalar(writer: ByteWriter, kind: ScalarType, value: unknown): void;
  readonly protocol: WireProtocol;
}

/** A field header as it was read. */
export interface FieldHead {
  /** As the protocol has it; what {@link WireReader.skip} goes by. */
  code: number;
  /** A `TType`, or another number that no field has. */
  ttype: number;
  id: number;
  /** The value, if it is part of the header. */
  value: boolean | undefined;
}

/** How one protocol takes up what the interpreter asks for. */
export interface WireReader {
  /** Reads the next header of a struct into `head`, which still holds the one before; answers false at the end of the struct. */
  readHead(reader: ByteReader, head: FieldHead): boolean;
  /** Passes over the value of a field in a struct of level `depth`. */
  skip(reader: ByteReader, head: FieldHead, plan: StructPlan, depth: number): void;
  /** The count of a container. */
  readCount(reader: ByteReader, type: SequencePlan | MapPlan): number;
  readScalar(reader: ByteReader, kind: ScalarType): unknown;
  /** As {@link skip}, adding the field to what has been kept. `start` is where its header begins. */
  keep(kept: Keeping, reader: ByteReader, head: FieldHead, start: number, depth: number): ByteWriter;
  readonly protocol: WireProtocol;
}
