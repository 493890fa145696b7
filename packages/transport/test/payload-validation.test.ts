// Checksums and validators of payloads, both ways.
import { RPCError, TransportProtocol } from "@kitex-ts/core";
import { ByteWriter } from "@kitex-ts/core/spi";
import { afterEach, describe, expect, it } from "vitest";
import { crc32cValidator, type PayloadValidator } from "../src/index.ts";
import { crc32c } from "../src/ttheader/crc32c.ts";
import { checkPayload, sealPayload } from "../src/ttheader/payload-validation.ts";
import { attemptTo, bytesOf, callEcho, closeAll, entryOf, serve, transport } from "./harness.ts";
import { RawClient, rawServer } from "./raw-peer.ts";
import { vectors } from "./vectors.ts";

afterEach(closeAll);

/** Recorded from Kitex. */
const vectorCRC = bytesOf(`
  00 00 00 40 10 00 00 00 00 00 00 01 00 06 00 00 01 00 01
  00 06 63 72 63 33 32 63 00 08 61 63 33 34 35 37 63 37 00
  80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`);

const sealed = (message: Buffer, ...validators: readonly PayloadValidator[]): Buffer => {
  const writer = new ByteWriter(16);
  writer.writeBytes(Buffer.from("rest"));
  writer.writeBytes(message);
  sealPayload(writer, 4, validators);
  return Buffer.from(writer.buffer.subarray(4, writer.offset));
};
const check = (message: Buffer, ...validators: readonly PayloadValidator[]): void =>
  checkPayload(
    validators,
    message,
    new DataView(message.buffer, message.byteOffset, message.length),
    0,
    message.length,
    65536,
  );

describe("crc32c()", () => {
  it("is Castagnoli's", () => {
    expect(crc32c(Buffer.from("123456789")).toString(16)).toBe("e3069283");
    expect(crc32c(vectors.T1).toString(16)).toBe("ac3457c7");
    expect(crc32c(vectors.F1).toString(16)).toBe("d3c1b02e");
    expect(crc32c(Buffer.alloc(0))).toBe(0);
  });
});

describe("a sealed message", () => {
  it("is the recorded one, and passes its own check", () => {
    expect(sealed(vectors.H1, crc32cValidator).toString("hex")).toBe(vectorCRC.toString("hex"));
    check(vectorCRC, crc32cValidator);
  });

  it.each(["H2", "H3", "ACL", "META"] as const)("keeps what stood in the header (%s)", (name) => {
    const message = sealed(vectors[name], crc32cValidator);
    check(message, crc32cValidator);
    expect(message.readUInt32BE()).toBe(message.length - 4);
    for (let at = 38 + (message.readUInt16BE(12) - 6) * 4; at < message.length; at++) {
      const damaged = Buffer.from(message);
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(() => check(damaged, crc32cValidator), `byte ${at}`).toThrow(/does not fit the payload/);
    }
  });

  it("without a checksum is accepted", () => check(vectors.H2, crc32cValidator));
});

const length: PayloadValidator = {
  key: "length",
  generate: (payload) => String(payload.length),
  validate: (value, payload) => value === String(payload.length),
};

describe("between client and server", () => {
  it.each(Object.values(TransportProtocol))("payloads are validated both ways (%s)", async (protocol) => {
    const seen: string[] = [];
    const watching = (side: string): PayloadValidator => ({
      ...length,
      validate: (value, payload) => {
        seen.push(side);
        return length.validate(value, payload);
      },
    });
    const { address } = await serve(
      entryOf((request) => request),
      {
        payloadValidators: [crc32cValidator, watching("server")],
      },
    );
    const client = transport({ protocol, payloadValidators: [crc32cValidator, watching("client")] });
    for (const msg of ["", "hi", "x".repeat(100_000)]) expect(await callEcho(client, address, msg)).toEqual({ msg });
    // Without a TTHeader there is no place for it.
    expect(new Set(seen)).toEqual(new Set(protocol.startsWith("TTHeader") ? ["server", "client"] : []));
  });

  it("a damaged request is not answered, its connection closed", async () => {
    const errors: RPCError[] = [];
    const entry = { ...entryOf((request) => request), onConnectionError: (error: RPCError) => errors.push(error) };
    const { address } = await serve(entry, { payloadValidators: [crc32cValidator] });
    const raw = await RawClient.connect(address);
    raw.socket.write(vectorCRC);
    expect((await raw.unit()).includes("crc32c")).toBe(true);
    const damaged = Buffer.from(vectorCRC);
    damaged.write("ho", damaged.length - 4);
    raw.socket.write(damaged);
    expect(await raw.rest()).toHaveLength(0);
    expect(errors).toEqual([expect.objectContaining({ code: "payload_validation", kind: "payload_validation" })]);
  });

  it("a damaged answer fails its call", async () => {
    const server = await rawServer((socket) => {
      const answer = sealed(vectors.H3, crc32cValidator);
      answer[answer.length - 1] = 1;
      socket.write(answer);
    });
    const client = transport({ payloadValidators: [crc32cValidator], connection: "long" });
    const error = await client.call(attemptTo(server.address), { msg: "hi" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RPCError);
    expect(error).toMatchObject({ kind: "payload_validation", code: "payload_validation", requestWritten: true });
    expect(client.diagnosis().addresses[0]?.connections).toBe(0);
    server.close();
  });
});
