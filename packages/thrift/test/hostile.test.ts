// What a peer may send to hurt: it ends in a typed error, soon and without spending memory on promises.
import { RPCError } from "@kitex-ts/core";
import { ByteReader, ByteWriter, type MessageHead } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { fromBinary, type StructDescriptor, structDescriptor, ThriftException, thriftCodec } from "../src/index.ts";
import { GreetService, HelloRequest, NotFound } from "./generated-shape/greet.ts";

const Sink: StructDescriptor<Record<string, unknown>> = structDescriptor("Sink", [
  [1, "strings", ["list", "string"]],
  [2, "bools", ["list", "bool"]],
  [3, "sets", ["set", "i64"]],
  [4, "maps", ["map", "i32", "i32"]],
  [5, "structs", ["list", () => Sink]],
  [6, "text", "string"],
  [7, "blob", "binary"],
]);

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("promises of more than was sent", () => {
  it.each([
    ["strings", "0f0001 0b 7fffffff"],
    ["bools", "0f0002 02 7fffffff 01"],
    ["sets", "0e0003 0a 7fffffff 0000000000000001"],
    ["maps", "0d0004 08 08 7fffffff 00000001 00000001"],
    ["structs", "0f0005 0c 7fffffff 00"],
    ["text", "0b0006 7fffffff 61"],
    ["blob", "0b0007 7fffffff 61"],
    ["strings, negative", "0f0001 0b ffffffff"],
    ["maps, negative", "0d0004 08 08 80000000"],
    ["text, negative", "0b0006 ffffffff"],
    ["unknown list", "0f0063 0c 7fffffff 00"],
    ["unknown list of numbers", "0f0063 0a 7fffffff 00"],
    ["unknown map", "0d0063 0b 0c 7fffffff 00"],
    ["unknown string", "0b0063 7fffffff"],
  ])("%s", (_name, body) => {
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    for (let round = 0; round < 50; round++) expect(() => fromBinary(Sink, bytes(body))).toThrow(RPCError);
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(after - before).toBeLessThan(64 << 20);
  });
});

describe("a message with a few bytes changed", () => {
  const method = GreetService.methods.find((each) => each.property === "sayHello");
  const codec = method?.codec;
  if (codec === undefined) throw new Error("no method");
  const request = HelloRequest.create({
    message: "hello",
    user: 7n,
    color: 1,
    tags: [{ key: "a", value: "b" }, { key: "c" }],
    names: ["x", "yz"],
    weights: { a: 1, b: 2 },
    payload: new Uint8Array(40),
    forwarded: { message: "inner", forwarded: { message: "innermost" } },
  });
  const messages = [
    (writer: ByteWriter) => codec.writeRequest(writer, 1, request),
    (writer: ByteWriter) => codec.writeResponse(writer, 1, { message: "hello" }),
    (writer: ByteWriter) => codec.writeDeclaredException(writer, 1, new NotFound({ message: "m", code: 4 })),
    (writer: ByteWriter) => thriftCodec.writeException(writer, "SayHello", 1, 6, "text"),
  ].map((write) => {
    const writer = new ByteWriter();
    write(writer);
    return Buffer.from(writer.buffer.subarray(0, writer.offset));
  });
  /** Reads a message in every way there is; what it throws is an error of ours. */
  const readAll = (message: Buffer): number => {
    const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
    const bodies = [
      (reader: ByteReader) => codec.readRequest(reader),
      (reader: ByteReader) => codec.readResponse(reader),
      (reader: ByteReader) => thriftCodec.readException(reader),
    ];
    let errors = 0;
    const guarded = (run: () => unknown): void => {
      try {
        run();
      } catch (error) {
        errors++;
        if (!(error instanceof RPCError) && !(error instanceof ThriftException)) throw error;
      }
    };
    guarded(() => thriftCodec.scan(ByteReader.of(message), { position: 0, stack: [] }));
    for (const read of bodies) {
      guarded(() => {
        const reader = ByteReader.of(message);
        thriftCodec.readHead(reader, head);
        read(reader);
        expect(reader.offset).toBeLessThanOrEqual(reader.end);
      });
    }
    return errors;
  };

  it("is a value or an error of ours: every byte, several values", () => {
    let errors = 0;
    for (const message of messages) {
      for (let at = 0; at < message.length; at++) {
        for (const value of [0x00, 0x01, 0x02, 0x0b, 0x0c, 0x0d, 0x0f, 0x7f, 0x80, 0xff]) {
          const changed = Buffer.from(message);
          changed[at] = value;
          errors += readAll(changed);
        }
      }
    }
    expect(errors).toBeGreaterThan(1000);
  });

  it("is a value or an error of ours: every length", () => {
    for (const message of messages) {
      for (let length = 0; length < message.length; length++) {
        expect(readAll(message.subarray(0, length))).toBeGreaterThan(0);
      }
    }
  });

  it("is a value or an error of ours: many changes at once", () => {
    // A fixed sequence, so that a failure can be seen again.
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 10_000; round++) {
      const changed = Buffer.from(messages[random(messages.length)] as Buffer);
      for (let count = 1 + random(6); count > 0; count--) changed[random(changed.length)] = random(256);
      readAll(changed);
    }
  });
});
