// Bytes that Kitex writes and reads (docs: the wire of Thrift Binary), there and back.
import {
  type ByteReader,
  ByteWriter,
  type MessageHead,
  type MethodCodec,
  ByteReader as Reader,
} from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import type { StructDescriptor } from "../descriptor.ts";
import { type MethodDefinition, serviceInfo } from "../service-info.ts";
import { structDescriptor } from "../struct-descriptor.ts";
import { thriftCodec } from "./thrift-codec.ts";

const Message: StructDescriptor<{ text: string }> = structDescriptor("Message", [[1, "text", "string", 1]]);

const codecOf = (definition: MethodDefinition): MethodCodec => {
  const [method] = serviceInfo({ serviceName: "S", packageName: "", methods: { method: definition } }).methods;
  if (method === undefined) throw new Error("no method");
  return method.codec;
};
const echo = codecOf({ name: "echo", args: [[1, "req", () => Message]], result: () => Message });
const ping = codecOf({ name: "ping", args: [[1, "text", "string"]], result: "void", oneway: true });

const written = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter(1);
  write(writer);
  return writer.buffer.toString("hex", 0, writer.offset);
};

const received = (text: string): { head: MessageHead; body: ByteReader } => {
  const body = Reader.of(Buffer.from(text, "hex"));
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  expect(thriftCodec.matches(Number.parseInt(text.slice(0, 8), 16))).toBe(true);
  expect(thriftCodec.scan(body, { position: 0, stack: [] })).toBe(text.length / 2);
  thriftCodec.readHead(body, head);
  return { head, body };
};

const vectors = {
  call: "80010001000000046563686f000000010c00010b00010000000268690000",
  reply: "80010002000000046563686f000000010c00000b00010000000268690000",
  exception:
    "80010003000000046e6f7065000000010b00010000001d756e6b6e6f776e2073657276696365202c206d6574686f64206e6f706508000200000014" +
    "00",
  oneway: "800100040000000470696e67000000020b0001000000017800",
} as const;

describe("the vectors of Kitex", () => {
  it("V-T1: a call", () => {
    expect(written((writer) => echo.writeRequest(writer, 1, { text: "hi" }))).toBe(vectors.call);
    const { head, body } = received(vectors.call);
    expect(head).toEqual({ type: 1, methodName: "echo", sequenceId: 1 });
    expect(echo.readRequest(body)).toEqual({ text: "hi" });
    expect(body.remaining).toBe(0);
  });

  it("V-T2: a reply", () => {
    expect(written((writer) => echo.writeResponse(writer, 1, { text: "hi" }))).toBe(vectors.reply);
    const { head, body } = received(vectors.reply);
    expect(head).toEqual({ type: 2, methodName: "echo", sequenceId: 1 });
    expect(echo.readResponse(body)).toEqual({ text: "hi" });
    expect(body.remaining).toBe(0);
  });

  it("V-T3: an application exception", () => {
    const text = "unknown service , method nope";
    expect(written((writer) => thriftCodec.writeException(writer, "nope", 1, 20, text))).toBe(vectors.exception);
    const { head, body } = received(vectors.exception);
    expect(head).toEqual({ type: 3, methodName: "nope", sequenceId: 1 });
    expect(thriftCodec.readException(body)).toMatchObject({ typeId: 20, remoteMessage: text });
    expect(body.remaining).toBe(0);
  });

  it("V-T4: a oneway call", () => {
    expect(written((writer) => ping.writeRequest(writer, 2, "x"))).toBe(vectors.oneway);
    const { head, body } = received(vectors.oneway);
    expect(head).toEqual({ type: 4, methodName: "ping", sequenceId: 2 });
    expect(ping.readRequest(body)).toBe("x");
  });
});
