import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { CodecFactory } from "./backend.ts";
import { StructCodec } from "./codec.ts";
import { createFields, createUnion } from "./create.ts";
import { type FieldDescriptor, fieldDescriptors, type StructDescriptor } from "./descriptor.ts";
import type { Annotations, FieldTuple } from "./field-type.ts";
import { planStruct } from "./plan/struct-plan.ts";
import { copyUnknown } from "./runtime/unknown-fields.ts";
import type { ValidationRule } from "./validate/rule.ts";

export interface DescriptorOptions {
  readonly annotations?: Annotations | undefined;
  /** Of the struct's own `vt.*` annotations; those of fields are in their tuples. */
  readonly rules?: readonly ValidationRule[] | undefined;
  /** Code printed ahead of time by `emitCodecModule`; without it code is made on first use. */
  readonly codec?: CodecFactory | undefined;
  /**
   * Keeps fields that the IDL does not know and sends them on, for services in the middle that are older than both ends. Off by default. A union
   * whose member is not known is sent on, too. Kitex: thriftgo's `keep_unknown_fields`.
   */
  readonly keepUnknownFields?: boolean | undefined;
}

class Descriptor implements StructDescriptor {
  readonly kind: "struct" | "union";
  readonly name: string;
  readonly fields: readonly FieldDescriptor[];
  readonly annotations: Annotations;
  readonly rules: readonly ValidationRule[];
  readonly codec: StructCodec;

  constructor(kind: "struct" | "union", name: string, tuples: readonly FieldTuple[], options: DescriptorOptions) {
    this.kind = kind;
    this.name = name;
    this.fields = fieldDescriptors(tuples, kind);
    this.annotations = options.annotations ?? {};
    this.rules = options.rules ?? [];
    this.codec = new StructCodec(() => {
      const fields = this.fields.map((field) => ({ field, role: "member" as const }));
      const shape = kind === "union" ? "union" : "object";
      return planStruct({ name, shape, fields, keepsUnknown: options.keepUnknownFields });
    }, options.codec);
  }

  create(init: unknown): unknown {
    const value = this.kind === "union" ? createUnion(this, init) : createFields(this.name, this.fields, init);
    if (typeof init === "object" && init !== null) copyUnknown(init, value);
    return value;
  }

  encode(writer: ByteWriter, value: unknown): void {
    this.codec.write(writer, value);
  }

  decode(reader: ByteReader): unknown {
    return this.codec.read(reader);
  }
}

/**
 * Describes a struct of the IDL to the runtime. Generated code calls it; it does nothing until the struct is first used.
 *
 * @example
 * export interface HelloRequest { message: string }
 * export const HelloRequest: StructDescriptor<HelloRequest> = structDescriptor("HelloRequest", [[1, "message", "string", 1]]);
 */
export const structDescriptor = <T, Init = T>(
  name: string,
  fields: readonly FieldTuple[],
  options: DescriptorOptions = {},
): StructDescriptor<T, Init> => new Descriptor("struct", name, fields, options) as StructDescriptor<T, Init>;

/** Describes a union of the IDL: values are `{ case, value }`; a member that is not known decodes to `case: undefined`. */
export const unionDescriptor = <T, Init = T>(
  name: string,
  fields: readonly FieldTuple[],
  options: DescriptorOptions = {},
): StructDescriptor<T, Init> => new Descriptor("union", name, fields, options) as StructDescriptor<T, Init>;
