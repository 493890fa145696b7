import { RPCError } from "@kitex-ts/core";
import { ByteWriter } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { vectors } from "../../test/vectors.ts";
import { type HeaderVisitor, MAX_HEADER_BYTES, patchLength, readHeader, writeHeader } from "./codec.ts";
import { writeShutdownFrame } from "./control-frame.ts";

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

class Everything implements HeaderVisitor {
  readonly strings = new Map<string, string>();
  readonly ints = new Map<number, string>();
  token: string | undefined = undefined;

  onString(buffer: Buffer, _view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void {
    this.strings.set(buffer.toString("utf8", keyStart, keyEnd), buffer.toString("utf8", keyEnd + 2, valueEnd));
  }
  onInt(buffer: Buffer, _view: DataView, key: number, start: number, end: number): void {
    this.ints.set(key, buffer.toString("utf8", start, end));
  }
  onToken(buffer: Buffer, start: number, end: number): void {
    this.token = buffer.toString("utf8", start, end);
  }
}

const read = (unit: Buffer): { content: Everything; payload: Buffer } => {
  const content = new Everything();
  const payloadStart = readHeader(unit, viewOf(unit), 0, unit.length, MAX_HEADER_BYTES, content);
  return { content, payload: unit.subarray(payloadStart) };
};

const write = (unit: Buffer, content: Everything): Buffer => {
  const writer = new ByteWriter(8);
  writeHeader(writer, {
    flags: unit.readUInt16BE(6),
    sequenceId: unit.readInt32BE(8),
    token: content.token,
    strings: content.strings,
    ints: content.ints,
  });
  writer.writeBytes(read(unit).payload);
  patchLength(writer, 0);
  return Buffer.from(writer.buffer.subarray(0, writer.offset));
};

describe("TTHeader", () => {
  it.each([
    ["H1", {}, {}, undefined],
    ["H2", { isn: "Echo" }, { 1: "framed", 3: "client", 6: "svc", 9: "echo", 20: "", 22: "1" }, undefined],
    ["H3", { "biz-status": "404", "biz-message": "not found", "biz-extra": '{"k":"v"}' }, { 22: "2" }, undefined],
    ["ACL", { RPC_PERSIST_K: "v" }, {}, "tok"],
    ["META", { RPC_TRANSIT_K: "t", RPC_PERSIST_logid: "12345" }, {}, undefined],
    ["CTL", { crrst: "1" }, {}, undefined],
    ["MUXREQ", {}, {}, undefined],
  ] as const)("%s is read and written byte for byte", (name, strings, ints, token) => {
    const unit = vectors[name];
    const { content } = read(unit);
    expect(Object.fromEntries(content.strings)).toEqual(strings);
    expect(Object.fromEntries(content.ints)).toEqual(ints);
    expect(content.token).toBe(token);
    // A header with nothing in it is padded to one unit.
    expect(write(unit, content).toString("hex")).toBe(unit.toString("hex"));
  });

  it("writes the shutdown frame as Kitex does", () => {
    const writer = new ByteWriter();
    writeShutdownFrame(writer);
    expect(writer.buffer.toString("hex", 0, writer.offset)).toBe(vectors.CTL.toString("hex"));
  });

  it("skips padding anywhere, transforms, and takes repeated blocks, the last pair winning", () => {
    const header = Buffer.from(
      "00020103" + "00" + "0100010001610001" + "31" + "0000" + "0100010001610001" + "32",
      "hex",
    );
    const padded = Buffer.concat([header, Buffer.alloc((4 - (header.length % 4)) % 4)]);
    const unit = Buffer.concat([Buffer.alloc(14), padded]);
    unit.writeUInt16BE(padded.length / 4, 12);
    expect(Object.fromEntries(read(unit).content.strings)).toEqual({ a: "2" });
  });

  it.each([
    ["no header at all", "", /0 bytes/],
    ["an unknown info block", "00000200", /unknown info block 0x02/],
    ["Compact", "02000000", /protocol id 2/],
    ["more transforms than bytes", "00090000", /transforms/],
    ["a block cut off in its count", "00000100", /ends too early/],
    ["a value longer than the header", "0000010001000161ffff0000", /longer than the header/],
    ["an int key cut off", "0000100002001600013200", /ends too early|longer/],
    ["a token longer than the header", "000011ff", /ends too early/],
  ])("refuses %s", (_what, hex, message) => {
    const header = Buffer.from(hex, "hex");
    const padded = Buffer.concat([header, Buffer.alloc((4 - (header.length % 4)) % 4)]);
    const unit = Buffer.concat([Buffer.alloc(14), padded]);
    unit.writeUInt16BE(padded.length / 4, 12);
    expect(() => read(unit)).toThrow(RPCError);
    expect(() => read(unit)).toThrow(message);
  });

  it("refuses a header that is longer than its unit, or than the limit", () => {
    const unit = Buffer.from(vectors.H1);
    unit.writeUInt16BE(100, 12);
    expect(() => read(unit)).toThrow(/header of 400 bytes in a unit of 48/);
    expect(() => readHeader(vectors.H2, viewOf(vectors.H2), 0, 112, 60, new Everything())).toThrow(/limit is 60/);
  });

  it("never reads outside a header, whatever its bytes", () => {
    let seed = 7;
    const random = (): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return seed >>> 8;
    };
    const units = [vectors.H2, vectors.H3, vectors.ACL, vectors.META];
    for (let round = 0; round < 20_000; round++) {
      const unit = Buffer.from(units[random() % units.length] as Buffer);
      for (let change = 0; change <= random() % 4; change++)
        unit[12 + (random() % (unit.length - 12))] = random() & 0xff;
      try {
        read(unit);
      } catch (error) {
        expect(error).toBeInstanceOf(RPCError);
      }
    }
  });

  it("refuses to write what does not fit", () => {
    const writer = new ByteWriter();
    const tooLong = { flags: 0, sequenceId: 1, strings: new Map([["k", "x".repeat(70_000)]]) };
    expect(() => writeHeader(writer, tooLong)).toThrow(RangeError);
    const tooMany = new Map(Array.from({ length: 5 }, (_, index) => [`k${index}`, "x".repeat(60_000)] as const));
    expect(() => writeHeader(writer, { flags: 0, sequenceId: 1, strings: tooMany })).toThrow(/less metainfo/);
  });
});
