import { RPCError } from "@kitex-ts/core";
import type { PayloadCodec } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { echoPayload } from "../../test/echo-service.ts";
import { vectors } from "../../test/vectors.ts";
import { MessageSplitter } from "./message-splitter.ts";

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const MiB = 1024 * 1024;

/** All messages that come out, each with what carried it; every chunk is overwritten once it has been taken, as a receive buffer is. */
const split = (chunks: readonly Buffer[], splitter = new MessageSplitter([echoPayload], MiB)): string[] => {
  const messages: string[] = [];
  for (const chunk of chunks) {
    const memory = Buffer.from(chunk);
    splitter.feed(memory, viewOf(memory), memory.length);
    while (splitter.next()) {
      messages.push(`${splitter.carrier} ${splitter.buffer.toString("hex", splitter.start, splitter.end)}`);
    }
    memory.fill(0xee);
  }
  return messages;
};

const stream: readonly (readonly [string, Buffer])[] = [
  ["TTHeader", vectors.H2],
  ["PurePayload", vectors.T1],
  ["Framed", vectors.F1],
  ["PurePayload", vectors.MESH],
  ["PurePayload", vectors.T4],
  ["TTHeader", vectors.MUXREQ],
  ["TTHeader", vectors.META],
];
const bytes = Buffer.concat(stream.map(([, message]) => message));
const expected = stream.map(([carrier, message]) => `${carrier} ${message.toString("hex")}`);

describe("MessageSplitter", () => {
  it("tells every kind of message on one connection", () => {
    expect(split([bytes])).toEqual(expected);
  });

  it("finds the same messages wherever the stream is cut in two", () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(split([bytes.subarray(0, cut), bytes.subarray(cut)]), `cut at ${cut}`).toEqual(expected);
    }
  });

  it.each([1, 2, 3, 5, 7, 8, 13, 64])("finds the same messages in pieces of %i bytes", (size) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    expect(split(pieces)).toEqual(expected);
  });

  it("says where the message behind a mesh header begins", () => {
    const splitter = new MessageSplitter([echoPayload], MiB);
    const framed = Buffer.concat([vectors.MESH.subarray(0, 17), vectors.F1]);
    splitter.feed(framed, viewOf(framed), framed.length);
    expect(splitter.next()).toBe(true);
    expect(splitter).toMatchObject({ carrier: "Framed", start: 0, messageStart: 17, end: framed.length });
  });

  it("keeps chunks that come while nobody takes messages", () => {
    const splitter = new MessageSplitter([echoPayload], MiB);
    const chunks = [bytes.subarray(0, 50), bytes.subarray(50, 120), bytes.subarray(120)].map((part) =>
      Buffer.from(part),
    );
    for (const chunk of chunks) splitter.feed(chunk, viewOf(chunk), chunk.length);
    const messages: string[] = [];
    while (splitter.next()) messages.push(splitter.buffer.toString("hex", splitter.start, splitter.end));
    expect(messages).toEqual(stream.map(([, message]) => message.toString("hex")));
    expect(splitter.hasInput).toBe(false);
  });

  it("takes a bare message of fewer than eight bytes, as Thrift Compact has them", () => {
    const short: PayloadCodec = {
      ...echoPayload,
      matches: (word) => word >>> 24 === 0x82,
      scan: ({ remaining }) => (remaining < 6 ? -1 : 6),
    };
    const message = Buffer.from("828101017000", "hex");
    for (const size of [1, 3, 5, 6, 7, 12]) {
      const splitter = new MessageSplitter([echoPayload, short], MiB);
      const stream = Buffer.concat([message, message, vectors.F1]);
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      const found = [`PurePayload ${message.toString("hex")}`, `PurePayload ${message.toString("hex")}`];
      expect(split(pieces, splitter), `chunks of ${size}`).toEqual([...found, `Framed ${vectors.F1.toString("hex")}`]);
      // And nothing has to follow it.
      expect(split([message], splitter)).toEqual(found.slice(1));
    }
  });

  it("knows whether it stands inside a message", () => {
    const splitter = new MessageSplitter([echoPayload], MiB);
    expect(split([vectors.F1.subarray(0, 3)], splitter)).toEqual([]);
    expect(splitter.isInsideMessage).toBe(true);
    expect(split([vectors.F1.subarray(3)], splitter)).toHaveLength(1);
    expect(splitter.isInsideMessage).toBe(false);
  });

  it("takes a message much larger than its chunks", () => {
    const large = Buffer.alloc(700_000, 0x61);
    large.set(vectors.F1.subarray(0, 20));
    large.writeUInt32BE(large.length - 4, 0);
    const pieces: Buffer[] = [];
    for (let at = 0; at < large.length; at += 9_999) pieces.push(large.subarray(at, at + 9_999));
    expect(split([...pieces, vectors.T1])).toEqual([`Framed ${large.toString("hex")}`, expected[1]]);
  });

  it.each([
    ["TTHeader", "7fffffff1000000000000001"],
    ["Framed", "7fffffff80010001"],
  ])("refuses a %s that declares too much, before it allocates", (_carrier, hex) => {
    const chunk = Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(8)]);
    expect(() => split([chunk])).toThrow(/limit is 1048576/);
    expect(() => split([chunk])).toThrow(expect.objectContaining({ code: "frame_too_large" }));
  });

  it.each([0, 1, 3])("refuses a frame of %i bytes, however it arrives", (length) => {
    const stream = Buffer.concat([vectors.F1, Buffer.of(0, 0, 0, length), vectors.T1]);
    for (const size of [1, 2, 5, stream.length]) {
      const splitter = new MessageSplitter([echoPayload], MiB);
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      const refusal = expect.objectContaining({ code: "malformed_frame" });
      expect(() => split(pieces, splitter), `chunks of ${size}`).toThrow(refusal);
    }
  });

  it.each([1, 3, 4, 7])("knows a TLS alert in pieces of %i bytes", (size) => {
    const alert = Buffer.from("15030300020228", "hex");
    const pieces: Buffer[] = [];
    for (let at = 0; at < alert.length; at += size) pieces.push(alert.subarray(at, at + size));
    expect(() => split(pieces)).toThrow(/TLS alert/);
  });

  it("goes on behind a TTHeader that is too large, when told to leave it out", () => {
    const large = Buffer.concat([vectors.H1.subarray(0, 18), Buffer.alloc(5000, 0x20)]);
    large.writeUInt32BE(large.length - 4, 0);
    const stream = Buffer.concat([vectors.T1, large, vectors.F1]);
    for (const size of [1, 7, 100, 4096, stream.length]) {
      const splitter = new MessageSplitter([echoPayload], 1000);
      const messages: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        const chunk = Buffer.from(stream.subarray(at, at + size));
        splitter.feed(chunk, viewOf(chunk), chunk.length);
        for (;;) {
          try {
            while (splitter.next()) messages.push(splitter.carrier);
            break;
          } catch (error) {
            expect(error).toMatchObject({ code: "frame_too_large" });
            expect(splitter.skipOversized()).toBe(1);
          }
        }
      }
      expect(messages, `chunks of ${size}`).toEqual(["PurePayload", "Framed"]);
    }
  });

  it.each([
    ["a frame of which eight bytes are there", "7fffffff80010001"],
    ["a TTHeader of two gigabytes", "7fffffff1000000000000001" + "0001"],
  ])("does not leave out %s", (_what, hex) => {
    const splitter = new MessageSplitter([echoPayload], 1000);
    expect(() => split([Buffer.from(hex, "hex")], splitter)).toThrow(/limit is 1000/);
    expect(splitter.skipOversized()).toBeUndefined();
  });

  it("refuses a bare message that grows beyond the limit", () => {
    const head = Buffer.from("8001000100000004" + "6563686f00000001" + "0c00010b0001" + "7ffffff0", "hex");
    const chunks = [head, ...Array.from({ length: 20 }, () => Buffer.alloc(64 * 1024))];
    expect(() => split(chunks)).toThrow(expect.objectContaining({ code: "frame_too_large" }));
  });

  it("does not allocate what a declared length has not brought", () => {
    const splitter = new MessageSplitter([echoPayload], 0x7fff_ffff);
    const before = process.memoryUsage().arrayBuffers;
    expect(split([Buffer.from("7ffffff080010001", "hex"), Buffer.alloc(1000)], splitter)).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MiB);
  });

  it.each([
    ["an HTTP request", "GET / HTTP/1.1\r\n", /HTTP\/1/],
    ["HTTP/2", "PRI * HTTP/2.0\r\n", /HTTP\/2/],
    ["a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc", /TLS/],
    ["Thrift Compact", "\x82\x21\x01\x04echo", /Compact/],
    ["a TTHeader without room for itself", "\x00\x00\x00\x05\x10\x00\x00\x00\x00\x00\x00\x01\x00\x01", /LENGTH 5/],
    ["telnet", "\xff\xf4\xff\xfd\x06\x00\x00\x00", /first4Bytes=0xfff4fffd/],
  ])("refuses %s and says what it looks like", (_what, text, message) => {
    expect(() => split([Buffer.from(text, "latin1")])).toThrow(RPCError);
    expect(() => split([Buffer.from(text, "latin1")])).toThrow(message);
  });
});
