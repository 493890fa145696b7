import { ByteReader, type MessageHead, MessageType } from "@kitex-ts/core/spi";
import { ThriftException } from "@kitex-ts/thrift";
import type { Protocol } from "../corpus/protocol.ts";
import { Messages } from "../corpus/thrift.ts";
import { expectThat, isRPCError, resultOf } from "../lib/expect.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const isAnswer = (error: unknown): boolean => isRPCError(error) || error instanceof ThriftException;

/** Reads messages as client and server do. */
export const thriftMessageTarget = (protocol: Protocol): Target => {
  const { codec, methods } = protocol;
  const messages = new Messages(protocol);
  const samples = [...messages.requests(), ...messages.replies()];
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  const read = (reader: ByteReader): void => {
    const begin = reader.offset;
    codec.readHead(reader, head);
    // The name comes from a cache; the bytes have the last word.
    const name = reader.buffer.toString("utf8", ...protocol.nameAt(reader.buffer, begin, reader.offset));
    expectThat(head.methodName === name, `a method is called ${head.methodName} instead of ${name}`);
    if (head.type === MessageType.exception) {
      const { typeId, remoteMessage } = codec.readException(reader);
      expectThat(Number.isInteger(typeId) && typeof remoteMessage === "string", "an exception without type or text");
      return;
    }
    const method = methods.get(head.methodName);
    if (method === undefined) return;
    if (head.type === MessageType.reply) method.readResponse(reader);
    else method.readRequest(reader);
    expectThat(reader.offset <= reader.end, "read beyond the end");
  };
  return {
    make: (random) => mutate(random, random.pick(samples), samples),
    run: (input) => {
      const reader = ByteReader.of(input);
      if (input.length >= 4 && !codec.matches(input.readUInt32BE())) {
        const result = resultOf(() => codec.readHead(reader, head));
        expectThat("error" in result, "a head that does not match was read");
        return;
      }
      resultOf(() => read(reader), isAnswer);
    },
  };
};
