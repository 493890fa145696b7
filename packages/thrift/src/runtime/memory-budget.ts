import { ProtocolException } from "@kitex-ts/core";
import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import type { TypePlan } from "../plan/type-plan.ts";

/*
 * A struct of which nothing was sent is one byte on the wire, and with its empty maps and sets a kilobyte in memory. So a message pays for what it
 * becomes, by estimate: what peers write who leave nothing out stays far below the limit, and no message of the allowed size ends the process.
 */

/** Bytes of memory that any message may become, and for each of its own bytes. */
const BASE_BYTES = 256 * 1024 * 1024;
const BYTES_PER_BYTE = 16;

/** What is counted in: so that it stays a small integer for messages of any size. */
const UNIT = 8;
const MOST_UNITS = 0x7fff_ffff;

/** Memory of values as Node lays them out, in units. */
const memory = { list: 4, set: 20, map: 24, binary: 26, union: 5, error: 128, made: 64 } as const;

/** What a container or binary takes, without what is in it; 0 for what is as large on the wire. */
export const memoryOf = (type: TypePlan): number => {
  switch (type.kind) {
    case "list":
    case "map":
    case "binary":
      return memory[type.kind];
    case "set":
      return type.asSet ? memory.set : memory.list;
    default:
      return 0;
  }
};

/** What stands in for a field that did not come. A struct pays for itself. */
export const memoryOfFill = ({ fill, type }: FieldPlan): number => {
  if (fill.kind === "made") return type.kind === "binary" ? memory.binary : memory.made;
  return fill.kind === "empty" ? memoryOf(type) : 0;
};

/** What a struct takes besides its fields' values. Arguments and results are made of their fields alone. */
export const memoryOfStruct = ({ shape, fields, construct }: StructPlan): number => {
  if (shape === "union") return memory.union;
  if (shape !== "object") return 0;
  return 3 + fields.length + (construct === undefined ? 0 : memory.error);
};

let left = 0;

/** A message begins. */
export const grantMemory = (messageBytes: number): void => {
  left = Math.min(MOST_UNITS, (BASE_BYTES + messageBytes * BYTES_PER_BYTE) / UNIT);
};

/** Something is about to be made that takes so many units. @throws ProtocolException `size_limit` */
export const chargeMemory = (units: number): void => {
  left -= units;
  if (left < 0) throw exhausted();
};

const exhausted = (): ProtocolException =>
  new ProtocolException(
    "size_limit",
    `decoded, the message would take more memory than is allowed: ${BYTES_PER_BYTE} times its size and ${BASE_BYTES >> 20} MiB`,
  );
