import { type Any, messageTypes } from "./generated/messages.ts";
import type { MessageInit, MessageType } from "./message-type.ts";

const byName: ReadonlyMap<string, MessageType<object>> = new Map(messageTypes.map((type) => [type.typeName, type]));

/**
 * The codec for what an `Any` holds, or `undefined` when this package does not know the type: leave such an `Any` alone, its
 * bytes are still there. Only what follows the last `/` counts.
 */
export const messageByTypeUrl = (typeUrl: string): MessageType<object> | undefined =>
  byName.get(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));

/** Puts a message into an `Any`: `packAny(Router, {})`. */
export const packAny = <T extends object>(type: MessageType<T>, message: MessageInit<T>): Any => ({
  typeUrl: type.typeUrl,
  value: type.encode(message),
});

/**
 * Takes a message of a known type out of an `Any`; `undefined` when there is no `Any` or it holds another type.
 *
 * @throws `DecodeError` when it holds that type and the bytes are no such message.
 */
export const unpackAny = <T extends object>(type: MessageType<T>, any: Any | undefined): T | undefined =>
  any !== undefined && messageByTypeUrl(any.typeUrl) === type ? type.decode(any.value) : undefined;
