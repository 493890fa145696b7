import { type ByteReader, type ByteWriter, MessageType, type MethodCodec } from "@kitex-ts/core/spi";
import type { CodecFactory } from "../backend.ts";
import { StructCodec } from "../codec.ts";
import { type FieldDescriptor, fieldDescriptors } from "../descriptor.ts";
import type { FieldTuple, FieldType } from "../field-type.ts";
import { type FieldRole, type PlanShape, planStruct } from "../plan/struct-plan.ts";
import { TType } from "../ttype.ts";
import type { MessageProtocol } from "./message-protocol.ts";

/** What a method's messages are made of. */
export interface MethodShape {
  /** As in the IDL. */
  readonly name: string;
  readonly args: readonly FieldTuple[];
  readonly result: FieldType | "void";
  readonly throws: readonly FieldTuple[];
  readonly oneway: boolean;
  readonly codecs: MethodCodecs | undefined;
}

/** The code of a method's structs when it was printed ahead of time. */
export interface MethodCodecs {
  readonly args: CodecFactory;
  /** Of a reply as it is read: value or declared exceptions. */
  readonly result: CodecFactory;
  /** Of a reply with a value as it is written. */
  readonly success: CodecFactory;
}

/** An exception class, as far as this file needs it. */
type Thrown = (abstract new (...args: never) => Error) & { readonly codec: StructCodec };

const isThrown = (descriptor: unknown): descriptor is Thrown => typeof descriptor === "function";

/** @internal The three structs of a method; both back ends and the ahead-of-time output are made of these. */
export const methodStructs = (method: MethodShape): Readonly<Record<keyof MethodCodecs, StructCodec>> => {
  const args = fieldDescriptors(method.args, "struct");
  const thrown = fieldDescriptors(method.throws, "struct");
  const success = method.result === "void" ? [] : fieldDescriptors([[0, "success", method.result]], "struct");
  const argsShape = args.length === 0 ? "nothing" : args.length === 1 ? "sole" : "object";
  const struct = (
    name: string,
    shape: PlanShape,
    fields: readonly (readonly [FieldRole, readonly FieldDescriptor[]])[],
    factory: CodecFactory | undefined,
  ): StructCodec =>
    new StructCodec(
      () =>
        planStruct({
          name,
          shape,
          fields: fields.flatMap(([role, descriptors]) => descriptors.map((field) => ({ field, role }))),
        }),
      factory,
    );
  return {
    args: struct(method.name, argsShape, [["argument", args]], method.codecs?.args),
    success: struct(
      `${method.name}()`,
      success.length === 0 ? "nothing" : "sole",
      [["success", success]],
      method.codecs?.success,
    ),
    result: struct(
      `${method.name}()`,
      "result",
      [
        ["success", success],
        ["thrown", thrown],
      ],
      method.codecs?.result,
    ),
  };
};

export class ThriftMethodCodec implements MethodCodec {
  readonly #protocol: MessageProtocol;
  readonly #call: ReturnType<MessageProtocol["envelope"]>;
  readonly #reply: ReturnType<MessageProtocol["envelope"]>;
  readonly #args: StructCodec;
  readonly #success: StructCodec;
  readonly #result: StructCodec;
  readonly #thrown: readonly { readonly id: number; readonly type: Thrown }[];

  constructor(method: MethodShape, protocol: MessageProtocol) {
    const { args, success, result } = methodStructs(method);
    this.#protocol = protocol;
    this.#call = protocol.envelope(method.oneway ? MessageType.oneway : MessageType.call, method.name);
    this.#reply = protocol.envelope(MessageType.reply, method.name);
    this.#args = protocol.codecOf(args);
    this.#success = protocol.codecOf(success);
    this.#result = protocol.codecOf(result);
    this.#thrown = method.throws.map(([id, name, thunk]) => {
      const type = typeof thunk === "function" ? thunk() : undefined;
      if (!isThrown(type)) throw new TypeError(`${method.name} throws ${name}, which is no exception class`);
      return { id, type };
    });
  }

  writeRequest(writer: ByteWriter, sequenceId: number, request: unknown): void {
    this.#call.write(writer, sequenceId);
    this.#args.write(writer, request);
  }

  readRequest(reader: ByteReader): unknown {
    return this.#args.read(reader);
  }

  writeResponse(writer: ByteWriter, sequenceId: number, response: unknown): void {
    this.#reply.write(writer, sequenceId);
    this.#success.write(writer, response);
  }

  writeEmptyResponse(writer: ByteWriter, sequenceId: number): void {
    this.#reply.write(writer, sequenceId);
    writer.writeU8(TType.stop);
  }

  writeDeclaredException(writer: ByteWriter, sequenceId: number, error: unknown): boolean {
    const declared = this.#thrown.find(({ type }) => error instanceof type);
    if (declared === undefined) return false;
    this.#reply.write(writer, sequenceId);
    this.#protocol.writeStructHead(writer, declared.id);
    this.#protocol.codecOf(declared.type.codec).write(writer, error);
    writer.writeU8(TType.stop);
    return true;
  }

  readResponse(reader: ByteReader): unknown {
    return this.#result.read(reader);
  }
}
