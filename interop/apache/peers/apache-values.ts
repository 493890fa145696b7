// Between JSON as `../../support/json.ts` describes it and what Apache Thrift's JavaScript holds, led by the compiler's own description of the IDL.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Json } from "../../support/json.ts";

const require = createRequire(import.meta.url);
const Int64 = require("node-int64");
export const generated: string = fileURLToPath(new URL("../generated/", import.meta.url));

/** A type in the output of `thrift --gen json`. */
export interface TypeInfo {
  readonly typeId: string;
  /** Of structs, unions and exceptions; with the file's name before it when that is another. */
  readonly class?: string;
  readonly elemTypeId?: string;
  readonly elemType?: TypeInfo;
  readonly keyTypeId?: string;
  readonly keyType?: TypeInfo;
  readonly valueTypeId?: string;
  readonly valueType?: TypeInfo;
}
interface FieldInfo {
  readonly name: string;
  readonly typeId: string;
  readonly type?: TypeInfo;
}
interface StructInfo {
  readonly name: string;
  readonly fields: readonly FieldInfo[];
}
export interface MethodInfo {
  readonly name: string;
  readonly oneway: boolean;
  readonly returnTypeId: string;
  readonly returnType?: TypeInfo;
  readonly arguments: readonly FieldInfo[];
  readonly exceptions: readonly FieldInfo[];
}
interface ServiceInfo {
  readonly name: string;
  /** With the file's name before it. */
  readonly extends?: string;
  readonly functions: readonly MethodInfo[];
}
interface FileInfo {
  readonly structs: readonly StructInfo[];
  readonly services: readonly ServiceInfo[];
}

const files = ["judge", "shared"] as const;
const infos = files.map((file) => JSON.parse(readFileSync(`${generated}${file}.json`, "utf8")) as FileInfo);

/** Names in other files than the main one begin with the file's. */
const qualified = (file: string, name: string): string => (file === "judge" ? name : `${file}.${name}`);

const structs = new Map<string, { readonly info: StructInfo; readonly make: new (fields: object) => object }>();
const services = new Map<string, ServiceInfo>();
files.forEach((file, index) => {
  const classes = require(`${generated}${file}_types.js`);
  for (const info of infos[index]?.structs ?? [])
    structs.set(qualified(file, info.name), { info, make: classes[info.name] });
  for (const info of infos[index]?.services ?? []) services.set(qualified(file, info.name), info);
});

/** A service's own method or an inherited one. */
export function methodOf(service: string, name: string): MethodInfo {
  for (let info = services.get(service); info !== undefined; info = services.get(info.extends ?? "")) {
    const method = info.functions.find((candidate) => candidate.name === name);
    if (method !== undefined) return method;
  }
  throw new Error(`no method "${name}" in ${service}`);
}

const typeOf = (typeId: string | undefined, type: TypeInfo | undefined): TypeInfo => type ?? { typeId: typeId ?? "" };
export const fieldType = ({ typeId, type }: FieldInfo): TypeInfo => typeOf(typeId, type);
const elementType = (type: TypeInfo): TypeInfo => typeOf(type.elemTypeId, type.elemType);
const keyType = (type: TypeInfo): TypeInfo => typeOf(type.keyTypeId, type.keyType);
const valueType = (type: TypeInfo): TypeInfo => typeOf(type.valueTypeId, type.valueType);

const structOf = (type: TypeInfo) => {
  const found = structs.get(type.class ?? "");
  if (found === undefined) throw new TypeError(`no struct ${type.class}`);
  return found;
};

/** The name of the declared exception that `error` is, with its fields; undefined when it is none of them. */
export function declaredException(method: MethodInfo, error: unknown): { name: string; value: Json } | undefined {
  for (const field of method.exceptions) {
    const type = fieldType(field);
    const { info, make } = structOf(type);
    if (error instanceof make) return { name: info.name, value: toJson(type, error) };
  }
  return undefined;
}

/** @param json a value in the JSON of the suites */
export function fromJson(type: TypeInfo, json: Json): unknown {
  switch (type.typeId) {
    case "i64":
      return new Int64(BigInt.asUintN(64, BigInt(json as string)).toString(16));
    case "double":
      return Number(json);
    case "binary":
      return Buffer.from(json as string, "base64");
    case "list":
    case "set":
      return (json as readonly Json[]).map((item) => fromJson(elementType(type), item));
    case "map":
      return Object.fromEntries(
        (json as readonly (readonly [Json, Json])[]).map(([key, value]) => [key, fromJson(valueType(type), value)]),
      );
    case "struct":
    case "union":
    case "exception":
      return structFromJson(type, json as Readonly<Record<string, Json>>);
    default:
      return json;
  }
}

function structFromJson(type: TypeInfo, json: Readonly<Record<string, Json>>): object {
  const { info, make } = structOf(type);
  const fields = info.fields.flatMap((field) => {
    const value = json[field.name];
    return value === undefined ? [] : [[field.name, fromJson(fieldType(field), value)]];
  });
  return new make(Object.fromEntries(fields));
}

/** @param value what Apache Thrift made of received bytes */
export function toJson(type: TypeInfo, value: unknown): Json {
  switch (type.typeId) {
    case "i64":
      return (value as { readonly buffer: Buffer }).buffer.readBigInt64BE().toString();
    case "double":
      return Number.isFinite(value) ? (value as number) : String(value);
    case "binary":
      return (value as Buffer).toString("base64");
    case "list":
    case "set":
      return (value as readonly unknown[]).map((item) => toJson(elementType(type), item));
    case "map":
      return mapToJson(type, value as Readonly<Record<string, unknown>>);
    case "struct":
    case "union":
    case "exception":
      return structToJson(type, value as Readonly<Record<string, unknown>>);
    default:
      return value as Json;
  }
}

function mapToJson(type: TypeInfo, value: Readonly<Record<string, unknown>>): Json {
  const isText = keyType(type).typeId === "string";
  const pairs = Object.entries(value).map(([text, item]): [string, Json] => {
    const key = isText ? text : Number(text);
    return [JSON.stringify(key), [key, toJson(valueType(type), item)]];
  });
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

function structToJson(type: TypeInfo, value: Readonly<Record<string, unknown>>): Json {
  const fields = structOf(type).info.fields.flatMap((field): [string, Json][] => {
    const item = value[field.name];
    return item === null || item === undefined ? [] : [[field.name, toJson(fieldType(field), item)]];
  });
  return Object.fromEntries(fields);
}
