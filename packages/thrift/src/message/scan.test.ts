import { ProtocolException } from "@kitex-ts/core";
import { ByteReader, ByteWriter, type ScanState } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { writeEnvelope } from "./envelope.ts";
import { scanMessage } from "./scan.ts";

const head: Buffer = (() => {
  const writer = new ByteWriter();
  writeEnvelope(writer, 1, "echo", 1);
  return Buffer.from(writer.buffer.subarray(0, writer.offset));
})();
const message = (body: string): Buffer => Buffer.concat([head, Buffer.from(body.replaceAll(/[\s|]/g, ""), "hex")]);
const start = (): ScanState => ({ position: 0, stack: [] });

/** Everything that a body may hold, nested. */
const everything = message(`
  020001 01 | 030002 7f | 040003 0000000000000000 | 060004 0001 | 080005 00000001 | 0a0006 0000000000000001
  0b0007 00000003 616263 | 0b0008 00000000
  0c0009 020001 01 0c0002 00 00
  0f000a 08 00000002 00000001 00000002 | 0f000b 0b 00000002 00000001 61 00000000 | 0f000c 0c 00000002 020001 01 00 00
  0e000d 0f 00000002 02 00000001 01 00 00000000
  0d000e 0b 0c 00000002 00000001 61 00 00000000 020001 01 00 | 0d000f 08 0a 00000001 00000001 0000000000000001
  0d0010 00 00 00000000 | 0d0011 0b 08 00000001 00000001 61 00000007 | 0d0012 08 0b 00000001 00000007 00000001 61
  00`);

describe("scanMessage()", () => {
  it("finds the end, whatever follows", () => {
    for (const surplus of ["", "00", "80010001ffffffff", "0f"]) {
      const bytes = Buffer.concat([everything, Buffer.from(surplus, "hex")]);
      const reader = ByteReader.of(bytes);
      expect(scanMessage(reader, start())).toBe(everything.length);
      expect(reader.offset).toBe(0);
    }
  });

  it("finds the end of a message that does not begin at 0", () => {
    const reader = ByteReader.of(Buffer.concat([Buffer.alloc(7, 0xff), everything]));
    reader.offset = 7;
    expect(scanMessage(reader, start())).toBe(everything.length);
  });

  it("asks for more at every byte but the last, and goes on where it stopped", () => {
    const state = start();
    for (let arrived = 0; arrived < everything.length; arrived++) {
      const reader = ByteReader.of(everything);
      reader.end = arrived;
      expect(scanMessage(reader, state)).toBe(-1);
    }
    expect(scanMessage(ByteReader.of(everything), state)).toBe(everything.length);
  });

  it("resumes from every pair of places", () => {
    for (let first = 0; first < everything.length; first += 3) {
      const state = start();
      const reader = ByteReader.of(everything);
      reader.end = first;
      scanMessage(reader, state);
      reader.end = Math.min(everything.length - 1, first + 40);
      expect(scanMessage(reader, state)).toBe(-1);
      reader.end = everything.length;
      expect(scanMessage(reader, state)).toBe(everything.length);
    }
  });

  it("looks at each byte a bounded number of times", () => {
    // A list of strings that arrives byte by byte: what is looked at again is one header each time, not the list.
    const elements = "00000001 61".repeat(500);
    const bytes = message(`0f0001 0b 000001f4 ${elements} 00`);
    let looks = 0;
    const view = new Proxy(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), {
      get(target, property) {
        const value = Reflect.get(target, property, target) as unknown;
        if (typeof value !== "function") return value;
        looks++;
        return (value as (...args: unknown[]) => unknown).bind(target);
      },
    });
    const state = start();
    const reader = new ByteReader();
    for (let arrived = 1; arrived <= bytes.length; arrived++) {
      reader.attach(bytes, view, 0, arrived);
      scanMessage(reader, state);
    }
    expect(looks).toBeLessThan(bytes.length * 4);
  });

  it("does not loop over what has not arrived", () => {
    for (const body of [
      "0f0001 0c 7fffffff 00",
      "0f0001 08 7fffffff 00",
      "0e0001 0b 7fffffff",
      "0d0001 0b 0b 7fffffff 00000000 00000000",
      "0b0001 7fffffff",
    ]) {
      const state = start();
      expect(scanMessage(ByteReader.of(message(body)), state)).toBe(-1);
      expect(state.stack.length).toBeLessThan(10);
    }
  });

  it("takes the VOID field of a generic server", () => {
    expect(scanMessage(ByteReader.of(message("010000 00 00")), start())).toBe(head.length + 5);
  });

  it.each([
    ["negative_size", "0b0001 ffffffff"],
    ["negative_size", "0f0001 0b ffffffff"],
    ["negative_size", "0d0001 0b 0b 80000000"],
    ["invalid_data", "050001 00"],
    ["invalid_data", "0c0001 010001 00"],
    ["invalid_data", "ff0001 00"],
    ["invalid_data", "0f0001 05 00000001 00"],
    ["invalid_data", "0d0001 00 0b 00000001 00"],
    ["invalid_data", "0d0001 0b 00 00000001 00000000"],
    ["depth_limit", "0c0001".repeat(64)],
    ["depth_limit", `0f0001 ${"0f 00000001".repeat(63)} 03 00000000`],
  ])("answers %s to %s", (code, body) => {
    let thrown: unknown;
    try {
      scanMessage(ByteReader.of(message(body)), start());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProtocolException);
    expect((thrown as ProtocolException).code).toBe(code);
  });

  it("goes to a depth of 64", () => {
    const bytes = message(`${"0c0001".repeat(63)}${"00".repeat(64)}`);
    expect(scanMessage(ByteReader.of(bytes), start())).toBe(bytes.length);
  });
});
