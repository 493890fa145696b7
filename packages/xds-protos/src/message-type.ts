import { DecodeError } from "./decode-error.ts";

/**
 * What `encode` takes for a message `T`: any of its fields, to any depth. What is left out is not written, which a reader takes
 * for zero, empty or absent.
 */
export type MessageInit<T> = T extends string | number | boolean | Uint8Array
  ? T
  : T extends readonly (infer Element)[]
    ? readonly MessageInit<Element>[]
    : string extends keyof T
      ? { readonly [Key in keyof T]: MessageInit<T[Key]> }
      : { readonly [Key in keyof T]?: MessageInit<T[Key]> | undefined };

/** Reads and writes the messages of one protobuf type. */
export interface MessageType<T extends object> {
  /** Full protobuf name, such as `envoy.config.listener.v3.Listener`. */
  readonly typeName: string;
  /** What stands in an `Any` and in a discovery request: `type.googleapis.com/` and the name. */
  readonly typeUrl: string;
  /** The wire format of a message. Of several members of a oneof all would be written: give one. */
  encode(message: MessageInit<T>): Uint8Array;
  /**
   * Reads one message that fills `bytes`. Scalars, enums, lists and maps that are not there are zero and empty; messages and
   * members of a oneof that are not there are absent. `bytes` fields are views of the input, not copies.
   *
   * @throws {@link DecodeError} when the bytes are no such message.
   */
  decode(bytes: Uint8Array): T;
}

/** A class as the generator prints it. */
export interface Codec {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

const typeUrlPrefix = "type.googleapis.com/";

/** Ties a generated class to its types. */
export function messageType<T extends object>(typeName: string, codec: Codec): MessageType<T> {
  return {
    typeName,
    typeUrl: typeUrlPrefix + typeName,
    encode: (message) => codec.encode(message).finish(),
    decode: (bytes) => {
      try {
        return codec.decode(bytes) as T;
      } catch (cause) {
        throw new DecodeError(typeName, cause);
      }
    },
  };
}
