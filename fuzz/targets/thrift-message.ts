import { ByteReader, type MessageHead, MessageType } from "@kitex-ts/core/spi";
import { ThriftException } from "@kitex-ts/thrift";
import { thriftCodec } from "../../packages/thrift/src/message/thrift-codec.ts";
import { judgeMethods, replySamples, requestSamples } from "../corpus/thrift.ts";
import { expectThat, isRPCError, resultOf } from "../lib/expect.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const isAnswer = (error: unknown): boolean => isRPCError(error) || error instanceof ThriftException;

/** Reads messages as client and server do. */
export const thriftMessageTarget = (): Target => {
  const samples = [...requestSamples(), ...replySamples()];
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  const read = (reader: ByteReader): void => {
    const begin = reader.offset;
    thriftCodec.readHead(reader, head);
    const nameLength = reader.offset - begin - 12;
    // The name comes from a cache; the bytes have the last word.
    const name = reader.buffer.toString("utf8", begin + 8, begin + 8 + nameLength);
    expectThat(head.methodName === name, `a method is called ${head.methodName} instead of ${name}`);
    if (head.type === MessageType.exception) {
      const { typeId, remoteMessage } = thriftCodec.readException(reader);
      expectThat(Number.isInteger(typeId) && typeof remoteMessage === "string", "an exception without type or text");
      return;
    }
    const codec = judgeMethods.get(head.methodName);
    if (codec === undefined) return;
    if (head.type === MessageType.reply) codec.readResponse(reader);
    else codec.readRequest(reader);
    expectThat(reader.offset <= reader.end, "read beyond the end");
  };
  return {
    make: (random) => mutate(random, random.pick(samples), samples),
    run: (input) => {
      const reader = ByteReader.of(input);
      if (input.length >= 4 && !thriftCodec.matches(input.readUInt32BE())) {
        const result = resultOf(() => thriftCodec.readHead(reader, head));
        expectThat("error" in result, "a head that does not match was read");
        return;
      }
      resultOf(() => read(reader), isAnswer);
    },
  };
};
