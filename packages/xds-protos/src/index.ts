/**
 * The messages of the xDS protocol that kitex-ts reads and writes: `Listener.decode(bytes)`, `Listener.encode({ name })`,
 * `Listener.typeUrl`. The README has the list and says how oneofs, maps, 64-bit numbers and `Any` look.
 */
export { messageByTypeUrl, packAny, unpackAny } from "./any.ts";
export { DecodeError } from "./decode-error.ts";
export { durationOf, millisecondsOf } from "./duration.ts";
export * from "./generated/messages.ts";
export type { MessageInit, MessageType } from "./message-type.ts";
export { type JsonObject, type JsonValue, jsonOf, structOf } from "./struct.ts";
