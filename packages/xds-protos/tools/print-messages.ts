import { type Descriptor, type DescriptorField, type DescriptorNode, typesOf } from "./descriptor.ts";
import { jsonName } from "./names.ts";
import { generatedNote } from "./print-codecs.ts";
import { presenceOnly } from "./selection.ts";

const scalarTypes: Readonly<Record<string, string>> = {
  bool: "boolean",
  bytes: "Uint8Array",
  double: "number",
  fixed32: "number",
  fixed64: "number",
  float: "number",
  int32: "number",
  int64: "number",
  sfixed32: "number",
  sfixed64: "number",
  sint32: "number",
  sint64: "number",
  string: "string",
  uint32: "number",
  uint64: "number",
};

/** `package.Message.some_field` of the list, as `package.Message.someField`. */
const unreadFields = new Set(presenceOnly.map((name) => name.replace(/[^.]+$/, jsonName)));

/** `messages.ts`: what people import, an interface and a codec for each message, a constant and a type for each enum. */
export function printMessages(descriptor: Descriptor, names: ReadonlyMap<string, string>): string {
  const types = typesOf(descriptor)
    .map(({ fullName, node }) => ({ fullName, node, name: names.get(fullName) ?? fullName }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const enums = new Set(types.filter(({ node }) => node.values).map(({ fullName }) => fullName));
  const messages = types.filter(({ node }) => node.fields);

  const printField = (
    message: string,
    node: DescriptorNode,
    name: string,
    field: DescriptorField,
  ): readonly string[] => {
    const fullName = field.type.slice(1);
    const single = scalarTypes[field.type] ?? names.get(fullName) ?? field.type;
    const [oneof] = Object.entries(node.oneofs ?? {}).find(([, { oneof: members }]) => members.includes(name)) ?? [];
    const isMessage = field.type.startsWith(".") && !enums.has(fullName);
    const isSingle = field.keyType === undefined && field.rule === undefined;
    const mark = isSingle && (isMessage || oneof !== undefined) ? "?" : "";
    const type = field.keyType ? `Readonly<Record<string, ${single}>>` : field.rule ? `readonly ${single}[]` : single;
    const notes = [
      ...(oneof && !field.options ? [`One of \`${oneof}\`.`] : []),
      ...(unreadFields.has(`${message}.${name}`) ? ["There or not; its content is not read."] : []),
      ...(field.type.endsWith("64") ? [`${field.type} on the wire.`] : []),
    ];
    return [...(notes.length > 0 ? [`  /** ${notes.join(" ")} */`] : []), `  readonly ${name}${mark}: ${type};`];
  };

  const printMessage = (fullName: string, name: string, node: DescriptorNode): string => {
    const fields = Object.entries(node.fields ?? {}).sort(([, a], [, b]) => a.id - b.id);
    const body = fields.flatMap(([field, shape]) => printField(fullName, node, field, shape));
    return [
      `/** \`${fullName}\` */`,
      ...(body.length > 0
        ? [`export interface ${name} {`, ...body, "}"]
        : [`export type ${name} = Readonly<Record<never, never>>;`]),
      `/** Codec of \`${fullName}\`. */`,
      `export const ${name}: MessageType<${name}> = /*@__PURE__*/ messageType("${fullName}", codecs.${name});`,
      "",
    ].join("\n");
  };

  return [
    generatedNote,
    'import { type MessageType, messageType } from "../message-type.ts";',
    'import * as codecs from "./codecs.js";',
    "",
    ...types.map(({ fullName, name, node }) =>
      node.fields ? printMessage(fullName, name, node) : printEnum(fullName, name, node.values ?? {}),
    ),
    "/** Every message of this package. */",
    "export const messageTypes: readonly MessageType<object>[] = [",
    ...messages.map(({ name }) => `  ${name},`),
    "];",
    "",
  ].join("\n");
}

function printEnum(fullName: string, name: string, values: Readonly<Record<string, number>>): string {
  return [
    `/** A number of \`${fullName}\`; a newer peer may send one that is not listed. */`,
    `export type ${name} = number;`,
    `/** Numbers of \`${fullName}\`. */`,
    `export const ${name} = {`,
    ...Object.entries(values).map(([value, number]) => `  ${value}: ${number},`),
    "} as const;",
    "",
  ].join("\n");
}
