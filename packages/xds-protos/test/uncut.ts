import { readFileSync } from "node:fs";
import protobuf from "protobufjs";

import { type Descriptor, type DescriptorNode, typesOf } from "../tools/descriptor.ts";
import { loadProtos } from "../tools/load-protos.ts";
import { jsonName } from "../tools/names.ts";
import { presenceOnly } from "../tools/selection.ts";

/** The whole API, read by reflection: a second opinion about every byte. */
const all = loadProtos();

const descriptor = JSON.parse(
  readFileSync(new URL("../generated/descriptor.json", import.meta.url), "utf8"),
) as Descriptor;
const kept: ReadonlyMap<string, DescriptorNode> = new Map(
  typesOf(descriptor).map(({ fullName, node }) => [fullName, node]),
);

/** Whether the cut descriptor has no such field; the name is `package.Message.some_field`. */
export const isLeftOut = (fieldName: string): boolean => {
  const dot = fieldName.lastIndexOf(".");
  return kept.get(fieldName.slice(0, dot))?.fields?.[jsonName(fieldName.slice(dot + 1))] === undefined;
};

const isAny = (type: protobuf.Type): boolean => type.fullName === ".google.protobuf.Any";

/** A message as the whole API reads it; `undefined` for a type that no loaded file declares. */
export interface Uncut {
  readonly type: protobuf.Type;
  readonly message: object;
}

export function decodeUncut(typeName: string, bytes: Uint8Array): Uncut | undefined {
  const type = all.lookup(typeName, protobuf.Type);
  return type instanceof protobuf.Type ? { type, message: type.decode(bytes) } : undefined;
}

function* fieldsOf({ type, message }: Uncut): Generator<readonly [protobuf.Field, string, unknown]> {
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    yield [field.resolve(), field.fullName.slice(1), (message as Record<string, unknown>)[field.name]];
  }
}

const valuesOf = (field: protobuf.Field, value: unknown): readonly unknown[] =>
  field.map ? Object.values(value as object) : field.repeated ? (value as readonly unknown[]) : [value];

/** Every field that is set, as `package.Message.some_field`, those in an `Any` included, those in a cut field not. */
export function* fieldsSet(uncut: Uncut): Generator<string> {
  for (const [field, name, value] of fieldsOf(uncut)) {
    const values = valuesOf(field, value);
    if (values.length === 0) continue;
    yield name;
    const type = field.resolvedType;
    if (!(type instanceof protobuf.Type) || isLeftOut(name) || presenceOnly.includes(name)) continue;
    for (const message of values as readonly object[]) {
      const inner = isAny(type) ? insideOf(message) : { type, message };
      if (inner) yield* fieldsSet(inner);
    }
  }
}

function insideOf(any: object): Uncut | undefined {
  const { type_url: url, value } = any as { type_url: string; value: Uint8Array };
  return decodeUncut(url.slice(url.lastIndexOf("/") + 1), value);
}

/** The message as our codec should read it, without what `bare` drops. */
export function expected(uncut: Uncut): unknown {
  const out: Record<string, unknown> = {};
  for (const [field, name, value] of fieldsOf(uncut)) {
    if (isLeftOut(name)) continue;
    const type = field.resolvedType;
    const one = (each: unknown): unknown => {
      if (presenceOnly.includes(name)) return {};
      if (type instanceof protobuf.Type) return expected({ type, message: each as object });
      return typeof each === "object" && each !== null && "toNumber" in each
        ? (each as { toNumber(): number }).toNumber()
        : each;
    };
    out[jsonName(field.name)] = field.map
      ? Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, one(each)]))
      : field.repeated
        ? (value as readonly unknown[]).map(one)
        : one(value);
  }
  return bare(out);
}

/** A copy without zeros, empty strings and empty lists, which mean the same as nothing, and without classes. */
export function bare(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, bare(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isNothing(inner)));
}

const isNothing = (value: unknown): boolean =>
  value === 0 || value === "" || value === false || (Array.isArray(value) && value.length === 0);
