import { ProtocolException } from "@kitex-ts/core";
import { ByteReader, ByteWriter, type MessageHead } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { EnvelopeTemplate, envelopeLength, isEnvelope, readEnvelope, writeEnvelope } from "./envelope.ts";

const read = (bytes: Uint8Array): MessageHead => {
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  readEnvelope(ByteReader.of(bytes), head);
  return head;
};

const written = (write: (writer: ByteWriter) => void): Buffer => {
  const writer = new ByteWriter(1);
  write(writer);
  return writer.buffer.subarray(0, writer.offset);
};

describe("readEnvelope()", () => {
  it.each([
    ["bad_version", "80020001000000046563686f00000001"],
    ["bad_version", "000000046563686f0100000001"],
    ["negative_size", "80010001ffffffff6563686f00000001"],
    ["invalid_data", "800100017fffffff6563686f00000001"],
    ["invalid_data", "80010001000000056563686f00000001"],
    ["invalid_data", "80010001000000046563686f000000"],
    ["invalid_data", "80010001"],
    ["invalid_data", ""],
  ])("answers %s to %s", (code, bytes) => {
    let thrown: unknown;
    try {
      read(Buffer.from(bytes, "hex"));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProtocolException);
    expect((thrown as ProtocolException).code).toBe(code);
  });

  it("takes a message without a name: its id is what can be answered to", () => {
    const bytes = Buffer.from("80010003" + "00000000" + "00000009", "hex");
    for (const type of [1, 2, 3, 4, 5]) {
      bytes[3] = type;
      expect(read(bytes)).toEqual({ type, methodName: "", sequenceId: 9 });
      expect(envelopeLength(ByteReader.of(bytes))).toBe(12);
    }
  });

  it("hands on types that it does not know", () => {
    expect(read(Buffer.from("8001000600000001610000000f", "hex"))).toEqual({
      type: 6,
      methodName: "a",
      sequenceId: 15,
    });
  });
});

describe("isEnvelope()", () => {
  it("knows strict Thrift Binary from everything else", () => {
    expect(isEnvelope(0x80010001)).toBe(true);
    expect(isEnvelope(0x80010001 | 0)).toBe(true);
    for (const word of [0x80020001, 0x90010001, 0x00000010, 0x10000000, 0x82210101])
      expect(isEnvelope(word)).toBe(false);
  });
});

describe("EnvelopeTemplate", () => {
  it("writes what writeEnvelope() writes, whatever the length of the name", () => {
    for (const name of ["a", "ab", "abc", "echo", "hello", "größe", "你好", "x".repeat(300)]) {
      for (const sequenceId of [0, 1, -1, 0x7fffffff]) {
        const template = new EnvelopeTemplate(1, name);
        const bytes = written((writer) => template.write(writer, sequenceId));
        expect(bytes).toEqual(written((writer) => writeEnvelope(writer, 1, name, sequenceId)));
        expect(read(bytes)).toEqual({ type: 1, methodName: name, sequenceId });
      }
    }
  });
});
