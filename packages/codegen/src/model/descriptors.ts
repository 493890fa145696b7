import {
  type DescriptorOptions,
  exceptionClass,
  type FieldTuple,
  type FieldType,
  type MethodDefinition,
  type StructDescriptor,
  structDescriptor,
  unionDescriptor,
} from "@kitex-ts/thrift";
import type { ConstValue, ResolvedField, ResolvedFunction, ResolvedStruct, ResolvedType } from "@kitex-ts/thrift/idl";
import type { Int64Mode, ResolvedOptions } from "../options.ts";
import { modeOf, modeOfType } from "./int64.ts";

const requirednessCodes = { default: 0, required: 1, optional: 2 } as const;

/** Code that is printed ahead of time calls the defaults of the descriptors it is used with; while it is printed nobody does. */
const laterDefault = (): never => {
  throw new TypeError("defaults are made at run time");
};

/** What the runtime will know of the definitions of an IDL: the input of the emitter of codecs. */
export class Descriptors {
  readonly #int64: Int64Mode;
  readonly #options: DescriptorOptions;
  readonly #structs = new Map<ResolvedStruct, StructDescriptor>();

  constructor({ int64, keepUnknownFields }: Pick<ResolvedOptions, "int64" | "keepUnknownFields">) {
    this.#int64 = int64;
    this.#options = { keepUnknownFields };
  }

  ofStruct(struct: ResolvedStruct): StructDescriptor {
    const known = this.#structs.get(struct);
    if (known !== undefined) return known;
    const made = describe(struct, this.#tuples(struct.fields), this.#options);
    this.#structs.set(struct, made);
    return made;
  }

  ofMethod(method: ResolvedFunction): MethodDefinition {
    const { name, returnType, oneway } = method;
    return {
      name,
      args: this.#tuples(method.arguments),
      result: returnType.kind === "void" ? "void" : this.#type(returnType, undefined),
      throws: this.#tuples(method.throws),
      oneway,
    };
  }

  #tuples(fields: readonly ResolvedField[]): readonly FieldTuple[] {
    return fields.map((field) => [
      field.id,
      field.name,
      this.#type(field.type, modeOf(field)),
      requirednessCodes[field.requiredness],
      defaultOf(field.defaultValue),
    ]);
  }

  #type(type: ResolvedType, outer: Int64Mode | undefined): FieldType {
    const mode = modeOfType(type, outer);
    switch (type.kind) {
      case "i64": {
        const name = mode ?? this.#int64;
        return name === "bigint" ? "i64" : `i64:${name}`;
      }
      case "struct":
        return () => this.ofStruct(type.struct);
      case "list":
      case "set":
        return [type.kind, this.#type(type.element, mode)];
      case "map":
        return ["map", this.#type(type.key, mode), this.#type(type.value, mode)];
      default:
        return type.kind;
    }
  }
}

const describe = (
  { kind, name }: ResolvedStruct,
  tuples: readonly FieldTuple[],
  options: DescriptorOptions,
): StructDescriptor => {
  if (kind === "exception") return exceptionClass(name, tuples, options);
  return kind === "union" ? unionDescriptor(name, tuples, options) : structDescriptor(name, tuples, options);
};

const defaultOf = (value: ConstValue | undefined): FieldTuple[4] => {
  if (value === undefined) return undefined;
  switch (value.kind) {
    case "binary":
    case "list":
    case "set":
    case "map":
    case "struct":
      return laterDefault;
    default:
      return value.value;
  }
};
