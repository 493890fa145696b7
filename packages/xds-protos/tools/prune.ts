import protobuf from "protobufjs";

import type { Descriptor, DescriptorField, DescriptorNode } from "./descriptor.ts";
import { jsonName } from "./names.ts";
import { cutTypes, newerFields, presenceOnly, roots } from "./selection.ts";

const unread = "google.protobuf.Empty";

const nameOf = (type: protobuf.ReflectionObject): string => type.fullName.slice(1);

const isCut = (name: string): boolean =>
  cutTypes.some((cut) => (cut.endsWith("*") ? name.startsWith(cut.slice(0, -1)) : name === cut));

/** Follows the fields from the roots and leaves out what is cut. */
export function prune(all: protobuf.Root): Descriptor {
  assertKnown(all);
  const nested: Record<string, DescriptorNode> = {};
  const kept = new Map<string, DescriptorNode>();
  const todo = [...roots];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (kept.has(name)) continue;
    const type = all.lookupTypeOrEnum(name);
    kept.set(
      name,
      type instanceof protobuf.Enum ? { values: { ...type.values } } : message(type, (used) => todo.push(used)),
    );
  }
  for (const name of [...kept.keys()].sort()) Object.assign(place(nested, name), kept.get(name));
  return { nested };
}

function message(type: protobuf.Type, use: (name: string) => void): DescriptorNode {
  const fields: Record<string, DescriptorField> = {};
  for (const field of type.fieldsArray) {
    const target = targetOf(field.resolve());
    if (target === undefined) continue;
    if (target.isType) use(target.name);
    fields[jsonName(field.name)] = {
      ...(field instanceof protobuf.MapField && { keyType: field.keyType }),
      ...(field.repeated && { rule: "repeated" as const }),
      type: target.isType ? `.${target.name}` : target.name,
      id: field.id,
      ...(field.getOption("proto3_optional") === true && { options: { proto3_optional: true as const } }),
    };
  }
  for (const [name, field] of Object.entries(newerFields[nameOf(type)] ?? {})) {
    if (type.fieldsById[field.id])
      throw new Error(`${nameOf(type)} has field ${field.id} by now: remove it from newerFields`);
    const isType = field.type.includes(".");
    if (isType) use(field.type);
    fields[jsonName(name)] = { ...field, type: isType ? `.${field.type}` : field.type };
  }
  const oneofs: NonNullable<DescriptorNode["oneofs"]> = {};
  for (const oneof of type.oneofsArray) {
    const members = oneof.fieldsArray.map((field) => jsonName(field.name)).filter((name) => fields[name] !== undefined);
    if (members.length > 0) oneofs[jsonName(oneof.name)] = { oneof: members };
  }
  return { ...(Object.keys(oneofs).length > 0 && { oneofs }), fields };
}

interface Target {
  readonly name: string;
  readonly isType: boolean;
}

function targetOf(field: protobuf.Field): Target | undefined {
  if (!field.resolvedType) return { name: field.type, isType: false };
  const name = nameOf(field.resolvedType);
  if (!isCut(name)) return { name, isType: true };
  return presenceOnly.includes(nameOf(field)) ? { name: unread, isType: true } : undefined;
}

/** The node of a full name, with the packages and messages around it. */
function place(nested: Record<string, DescriptorNode>, fullName: string): DescriptorNode {
  const node: DescriptorNode = { nested };
  return fullName.split(".").reduce((scope, part) => {
    scope.nested ??= {};
    scope.nested[part] ??= {};
    return scope.nested[part];
  }, node);
}

/** A list entry that matches nothing is a typing mistake, or gone from the protos: say so instead of cutting less than meant. */
function assertKnown(all: protobuf.Root): void {
  for (const name of [...roots, ...Object.keys(newerFields)]) all.lookupTypeOrEnum(name);
  for (const cut of cutTypes) if (!cut.endsWith("*")) all.lookupTypeOrEnum(cut);
  for (const name of presenceOnly) {
    const field = all.lookup(name);
    if (
      !(field instanceof protobuf.Field) ||
      !field.resolve().resolvedType ||
      !isCut(nameOf(field.resolvedType ?? field))
    ) {
      throw new Error(`presenceOnly names ${name}, which is no field of a cut type`);
    }
  }
}
