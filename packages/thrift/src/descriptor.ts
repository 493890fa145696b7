import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { StructCodec } from "./codec.ts";
import type { Annotations, DefaultValue, FieldTuple, FieldType } from "./field-type.ts";
import { propertyName } from "./property-name.ts";
import type { ValidationRule } from "./validate/rule.ts";

export type Requiredness = "default" | "required" | "optional";

/** One field of a struct, union or exception, or one argument of a method. */
export interface FieldDescriptor {
  readonly id: number;
  /** As in the IDL. */
  readonly name: string;
  /** As on the TypeScript object: the name, except where that would be unsafe; see {@link propertyName}. */
  readonly property: string;
  readonly type: FieldType;
  readonly requiredness: Requiredness;
  readonly defaultValue: DefaultValue | undefined;
  readonly annotations: Annotations;
  /** Of its `vt.*` annotations; see `validate`. */
  readonly rules: readonly ValidationRule[];
}

/**
 * What the runtime knows about a struct, union or exception. `T` is what decoding gives, `Init` what encoding takes: the same with less to
 * fill in (fields with defaults may be left out, an i64 may be a number, a map a plain object, a set any iterable).
 */
export interface StructDescriptor<T = unknown, Init = T> {
  readonly kind: "struct" | "union" | "exception";
  /** As in the IDL. */
  readonly name: string;
  readonly fields: readonly FieldDescriptor[];
  readonly annotations: Annotations;
  /** Of its own `vt.*` annotations; see `validate`. */
  readonly rules: readonly ValidationRule[];
  /** A complete value: defaults filled in, containers copied, nothing shared with `init`. */
  create(init: Init): T;
  /** Appends `value` in Thrift Binary. @throws InvalidValueError when it does not fit the IDL; what was appended until then is the caller's to undo */
  encode(writer: ByteWriter, value: Init): void;
  /** Reads one value in Thrift Binary. @throws ProtocolException when the bytes are malformed or a required field is missing */
  decode(reader: ByteReader): T;
  /** @internal */
  readonly codec: StructCodec;
}

const requirednessOf = ["default", "required", "optional"] as const;

/** @internal */
export const fieldDescriptors = (
  tuples: readonly FieldTuple[],
  kind: StructDescriptor["kind"],
): readonly FieldDescriptor[] =>
  tuples.map(([id, name, type, requiredness = 0, defaultValue, annotations = {}, rules = []]) => {
    const property = propertyName(name, kind, type);
    // An error's message is never undefined, so that an empty one has to count as not set.
    const isErrorMessage = kind === "exception" && property === "message" && requiredness === 2;
    return {
      id,
      name,
      property,
      type,
      requiredness: requirednessOf[requiredness],
      defaultValue: isErrorMessage ? (defaultValue ?? "") : defaultValue,
      annotations,
      rules,
    };
  });
