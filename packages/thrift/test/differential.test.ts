// The three back ends on random structs: equal bytes, equal values, equal errors.
import { isDeepStrictEqual } from "node:util";
import { RPCError } from "@kitex-ts/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DefaultValue,
  type FieldTuple,
  type FieldType,
  fromBinary,
  fromCompact,
  type ScalarType,
  type StructDescriptor,
  structDescriptor,
  toBinary,
  toCompact,
  unionDescriptor,
} from "../src/index.ts";
import { type MakeSchema, onAllBackends, type Schema } from "./support/backends.ts";

/** A type as data; structs by their number. */
type TypeModel =
  | ScalarType
  | { list: TypeModel }
  | { set: TypeModel }
  | { map: [TypeModel, TypeModel] }
  | { struct: number };

interface FieldModel {
  readonly id: number;
  readonly name: string;
  readonly type: TypeModel;
  readonly requiredness: 0 | 1 | 2;
  readonly defaultValue: DefaultValue | undefined;
}

interface StructModel {
  readonly isUnion: boolean;
  readonly keepUnknownFields: boolean;
  readonly fields: readonly FieldModel[];
}

/** Struct 0 is the one to encode; a struct refers to those after it, or to any from a place where it may end. */
type SchemaModel = readonly StructModel[];

const scalarTypes = [
  "bool",
  "i8",
  "i16",
  "i32",
  "i64",
  "i64:number",
  "i64:string",
  "double",
  "string",
  "binary",
  "enum",
] as const;

const STRUCTS = 4;

const typeModel = (owner: number, depth: number): fc.Arbitrary<TypeModel> => {
  const scalar = fc.constantFrom<TypeModel>(...scalarTypes);
  const later = Array.from({ length: STRUCTS - owner - 1 }, (_, index) => ({ struct: owner + 1 + index }));
  const leaf =
    later.length === 0 ? scalar : fc.oneof({ weight: 4, arbitrary: scalar }, fc.constantFrom<TypeModel>(...later));
  if (depth === 0) return leaf;
  const inner = typeModel(owner, depth - 1);
  // An element may be of any struct, its own too: an empty container ends the recursion.
  const element = fc.oneof(
    { weight: 4, arbitrary: inner },
    fc.nat(STRUCTS - 1).map((struct): TypeModel => ({ struct })),
  );
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    element.map((list): TypeModel => ({ list })),
    element.map((set): TypeModel => ({ set })),
    fc.tuple(scalar, element).map((map): TypeModel => ({ map })),
  );
};

const names = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,8}$/),
  fc.constantFrom("constructor", "__proto__", "toString", "x y", '"', "\\", "\u2028", "${" + "x}", "`", "*/"),
);

const scalarValue = (type: ScalarType): fc.Arbitrary<unknown> => {
  switch (type) {
    case "bool":
      return fc.boolean();
    case "i8":
      return fc.integer({ min: -128, max: 127 });
    case "i16":
      return fc.integer({ min: -32768, max: 32767 });
    case "i32":
    case "enum":
      return fc.integer();
    case "i64":
      return fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger());
    case "i64:number":
      return fc.maxSafeInteger();
    case "i64:string":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
    case "double":
      return fc.double();
    case "string":
      return fc.string({ unit: "binary", maxLength: 40 });
    case "binary":
      return fc.uint8Array({ maxLength: 40 });
  }
};

const isScalar = (type: TypeModel): type is ScalarType => typeof type === "string";

const fieldModel = (owner: number): fc.Arbitrary<FieldModel> =>
  fc
    .record({
      id: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: -32768, max: 32767 })),
      name: names,
      type: typeModel(owner, 2),
      requiredness: fc.constantFrom<0 | 1 | 2>(0, 0, 1, 2, 2),
      hasDefault: fc.boolean(),
    })
    .chain(({ hasDefault, ...field }): fc.Arbitrary<FieldModel> => {
      const { type } = field;
      if (!hasDefault || !isScalar(type)) return fc.constant({ ...field, defaultValue: undefined });
      return scalarValue(type).map((value) => ({
        ...field,
        defaultValue: type === "binary" ? () => value : (value as DefaultValue),
      }));
    });

const schemaModel: fc.Arbitrary<SchemaModel> = fc.tuple(
  ...Array.from({ length: STRUCTS }, (_, owner) =>
    fc.record({
      isUnion: owner === 0 ? fc.constant(false) : fc.constantFrom(false, false, true),
      keepUnknownFields: fc.boolean(),
      fields: fc
        .uniqueArray(fieldModel(owner), { maxLength: 6, minLength: 1, selector: (field) => field.id })
        .map((fields) =>
          fields.filter((field, index) => fields.findIndex((other) => other.name === field.name) === index),
        ),
    }),
  ),
);

const fieldType = (type: TypeModel, structs: readonly StructDescriptor[]): FieldType => {
  if (isScalar(type)) return type;
  if ("list" in type) return ["list", fieldType(type.list, structs)];
  if ("set" in type) return ["set", fieldType(type.set, structs)];
  if ("map" in type) return ["map", fieldType(type.map[0], structs), fieldType(type.map[1], structs)];
  return () => structs[type.struct] as StructDescriptor;
};

/** Descriptors `S0`, `S1`, … */
const schemaMaker =
  (model: SchemaModel): MakeSchema<Schema> =>
  (printed) => {
    const structs: StructDescriptor[] = [];
    model.forEach(({ isUnion, keepUnknownFields, fields }, index) => {
      const tuples = fields.map(
        ({ id, name, type, requiredness, defaultValue }): FieldTuple => [
          id,
          name,
          fieldType(type, structs),
          isUnion ? 0 : requiredness,
          isUnion ? undefined : defaultValue,
        ],
      );
      const options = { keepUnknownFields, codec: printed[`S${index}`] };
      structs.push((isUnion ? unionDescriptor : structDescriptor)(`S${index}`, tuples, options));
    });
    return Object.fromEntries(structs.map((descriptor) => [descriptor.name, descriptor]));
  };

const propertyOf = (name: string): string => (name === "__proto__" ? "__proto___" : name);

const anyValue = (model: SchemaModel, type: TypeModel, depth: number): fc.Arbitrary<unknown> => {
  if (isScalar(type)) return scalarValue(type);
  if ("struct" in type) return structValue(model, type.struct, depth - 1);
  if (depth <= 0) return fc.constant("map" in type ? new Map() : []);
  const maxLength = 3;
  if ("list" in type) return fc.array(anyValue(model, type.list, depth - 1), { maxLength });
  if ("set" in type) {
    const elements = fc.array(anyValue(model, type.set, depth - 1), { maxLength });
    return isScalar(type.set) && type.set !== "binary" ? elements.map((list) => new Set(list)) : elements;
  }
  const [key, value] = type.map;
  const entry = fc.tuple(anyValue(model, key, depth - 1), anyValue(model, value, depth - 1));
  return fc.array(entry, { maxLength }).map((entries) => new Map(entries));
};

/** A value of struct `index` as a user would hand it in: optional and default fields are left out now and then. */
const structValue = (model: SchemaModel, index: number, depth: number = 3): fc.Arbitrary<unknown> => {
  const { isUnion, fields } = model[index] as StructModel;
  if (isUnion) {
    return fc.oneof(
      ...fields.map((field) =>
        anyValue(model, field.type, depth).map((value) => ({ case: propertyOf(field.name), value })),
      ),
    );
  }
  return fc
    .tuple(
      ...fields.map((field) => {
        const value = anyValue(model, field.type, depth);
        return field.requiredness === 1
          ? value
          : fc.oneof({ weight: 2, arbitrary: value }, fc.constantFrom(undefined, null));
      }),
    )
    .map((values) => Object.fromEntries(fields.map((field, position) => [propertyOf(field.name), values[position]])));
};

/** The result of `run`, or the error as far as users see it. */
const outcome = (run: () => unknown): unknown => {
  try {
    return { value: run() };
  } catch (error) {
    expect(error).toBeInstanceOf(RPCError);
    return { name: (error as Error).name, message: (error as Error).message };
  }
};

const rootOf = (schema: Schema): StructDescriptor => schema["S0"] as StructDescriptor;

/** A model, and something made from it. */
const withModel = <T>(make: (model: SchemaModel) => fc.Arbitrary<T>) =>
  schemaModel.chain((model) => fc.tuple(fc.constant(model), make(model)));

/** Puts `junk` somewhere into a value: in place of a member, an element or a content. */
const spoil = (value: unknown, path: readonly number[], junk: unknown): unknown => {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== "object" || value === null || value instanceof Uint8Array) return junk;
  if (value instanceof Map) {
    const entries = [...value];
    if (entries.length === 0) return junk;
    const at = first % entries.length;
    return new Map(entries.map(([key, each], index) => (index === at ? [key, spoil(each, rest, junk)] : [key, each])));
  }
  if (value instanceof Set) return new Set([...value, junk]);
  if (Array.isArray(value)) {
    const at = value.length === 0 ? 0 : first % value.length;
    return value.length === 0
      ? [junk]
      : value.map((each: unknown, index) => (index === at ? spoil(each, rest, junk) : each));
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return junk;
  const key = keys[first % keys.length] as string;
  return { ...value, [key]: spoil((value as Record<string, unknown>)[key], rest, junk) };
};

const junk = fc.constantFrom<unknown>(
  undefined,
  null,
  1.5,
  2 ** 40,
  2n ** 70n,
  5n,
  "5",
  "",
  true,
  Symbol("s"),
  {},
  [],
  [undefined],
  new Map([[{}, {}]]),
  new Set([{}]),
  Uint8Array.of(1),
  new Date(0),
  () => 1,
  { case: "no such", value: 1 },
);

const protocols = [
  { protocol: "Binary", encode: toBinary, decode: fromBinary },
  { protocol: "Compact", encode: toCompact, decode: fromCompact },
] as const;

describe.each(protocols)("back ends, $protocol", ({ encode, decode }) => {
  it("give the same bytes and the same values", async () => {
    await fc.assert(
      fc.asyncProperty(
        withModel((model) => structValue(model, 0)),
        async ([model, value]) => {
          const schemas = await onAllBackends(schemaMaker(model));
          const [first, ...others] = schemas.map((schema) => outcome(() => encode(rootOf(schema), value)));
          for (const other of others) expect(other).toEqual(first);
          const bytes = (first as { value?: Uint8Array }).value;
          expect(bytes).toBeDefined();
          const decoded = schemas.map((schema) => decode(rootOf(schema), bytes as Uint8Array));
          // Not toStrictEqual: it takes a field called `constructor` for the class.
          for (const other of decoded) expect(isDeepStrictEqual(other, decoded[0])).toBe(true);
          // What was decoded is complete and encodes to what create() makes of the input.
          const [schema] = schemas as [Schema];
          const created = rootOf(schema).create(value);
          expect(encode(rootOf(schema), decoded[0])).toEqual(encode(rootOf(schema), created));
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);

  it("refuse the same values with the same words", async () => {
    await fc.assert(
      fc.asyncProperty(
        withModel((model) => structValue(model, 0)),
        fc.array(fc.nat(50), { maxLength: 5 }),
        junk,
        async ([model, value], path, wrong) => {
          const schemas = await onAllBackends(schemaMaker(model));
          const spoiled = spoil(value, path, wrong);
          const [first, ...others] = schemas.map((schema) => outcome(() => encode(rootOf(schema), spoiled)));
          for (const other of others) expect(other).toEqual(first);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);

  it("read damaged bytes to the same value or the same error", async () => {
    const damage = fc.array(
      fc.record({ at: fc.nat(), byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)) }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(
        withModel((model) => structValue(model, 0)),
        damage,
        fc.nat(),
        async ([model, value], changes, length) => {
          const schemas = await onAllBackends(schemaMaker(model));
          const bytes = encode(rootOf(schemas[0] as Schema), value);
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          const cut = length % 3 === 0 ? bytes.subarray(0, length % (bytes.length + 1)) : bytes;
          const [first, ...others] = schemas.map((schema) => outcome(() => decode(rootOf(schema), cut)));
          for (const other of others) expect(other).toEqual(first);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);

  it("read random bytes to the same value or the same error", async () => {
    await fc.assert(
      fc.asyncProperty(schemaModel, fc.uint8Array({ maxLength: 64 }), async (model, bytes) => {
        const schemas = await onAllBackends(schemaMaker(model));
        const [first, ...others] = schemas.map((schema) => outcome(() => decode(rootOf(schema), bytes)));
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
