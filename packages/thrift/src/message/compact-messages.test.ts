// Messages of Thrift Compact, against bytes put together by hand from the specification and against what Apache's JavaScript library writes.
import { ApplicationException, ProtocolException, type ServiceInfo } from "@kitex-ts/core";
import { ByteReader, ByteWriter, type MessageHead, MessageType, type ScanState } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { importPrinted } from "../../test/support/backends.ts";
import type { StructDescriptor } from "../descriptor.ts";
import { emitCodecModule } from "../emit/module.ts";
import { type ExceptionClass, exceptionClass } from "../exception-class.ts";
import { compact, type MethodDefinition, serviceInfo } from "../service-info.ts";
import { structDescriptor } from "../struct-descriptor.ts";
import type { ThriftException } from "../thrift-exception.ts";
import type { MethodCodecs } from "./method-codec.ts";
import { thriftCodec } from "./thrift-codec.ts";
import { thriftCompactCodec } from "./thrift-compact-codec.ts";

const Message: StructDescriptor<{ text: string }> = structDescriptor("Message", [[1, "text", "string", 1]]);
interface Refused extends ThriftException {
  reason: string;
}
const Refused: ExceptionClass<Refused, { reason: string }> = exceptionClass("Refused", [[1, "reason", "string"]]);

const methods: Readonly<Record<string, MethodDefinition>> = {
  echo: {
    name: "echo",
    args: [[1, "req", () => Message]],
    result: () => Message,
    throws: [
      [1, "refused", () => Refused],
      [20, "far", () => Refused],
    ],
  },
  sum: {
    name: "sum",
    args: [
      [1, "a", "i32"],
      [2, "isDouble", "bool"],
    ],
    result: "bool",
  },
  ping: { name: "p", args: [], result: "void", oneway: true },
};

const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(/[\s|]/g, ""), "hex");
const plain = (text: string): string => text.replaceAll(/[\s|]/g, "");

const written = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter(1);
  write(writer);
  return writer.buffer.toString("hex", 0, writer.offset);
};

const received = (text: string): { head: MessageHead; body: ByteReader } => {
  const body = ByteReader.of(bytes(text));
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  expect(thriftCompactCodec.scan(body, { position: 0, stack: [] })).toBe(body.end);
  thriftCompactCodec.readHead(body, head);
  return { head, body };
};

const bothWays = ["made at load", "printed ahead of time"] as const;

describe.each(bothWays)("methods in Compact, %s", async (backend) => {
  const printed =
    backend === "made at load"
      ? {}
      : ((await importPrinted(
          emitCodecModule(
            Object.entries(methods).map(([name, method]) => ({ name, method })),
            { language: "js", runtime: "", compact: true },
          ),
        )) as unknown as Readonly<Record<string, MethodCodecs>>);
  const service = compact(
    serviceInfo({
      serviceName: "S",
      packageName: "",
      methods: Object.fromEntries(
        Object.entries(methods).map(([name, method]) => [name, { ...method, codecs: printed[name] }]),
      ),
    }),
  );
  const codecOf = (property: string) => {
    const method = service.methods.find((each) => each.property === property);
    if (method === undefined) throw new Error(`no method ${property}`);
    return method.codec;
  };
  const echo = codecOf("echo");
  const sum = codecOf("sum");

  it("go there and back", () => {
    const request = written((writer) => echo.writeRequest(writer, 300, { text: "hi" }));
    expect(request).toBe(plain("82 21 ac02 04 6563686f | 1c 18 02 6869 00 00"));
    const { head, body } = received(request);
    expect(head).toEqual({ type: MessageType.call, methodName: "echo", sequenceId: 300 });
    expect(echo.readRequest(body)).toEqual({ text: "hi" });
    expect(body.remaining).toBe(0);

    const response = written((writer) => echo.writeResponse(writer, 1, { text: "hi" }));
    expect(response).toBe(plain("82 41 01 04 6563686f | 0c 00 18 02 6869 00 00"));
    expect(echo.readResponse(received(response).body)).toEqual({ text: "hi" });
  });

  it("carry bools and several arguments", () => {
    const request = written((writer) => sum.writeRequest(writer, 1, { a: -1, isDouble: false }));
    expect(request).toBe(plain("82 21 01 03 73756d | 15 01 12 00"));
    expect(sum.readRequest(received(request).body)).toEqual({ a: -1, isDouble: false });
    const response = written((writer) => sum.writeResponse(writer, 1, true));
    expect(response).toBe(plain("82 41 01 03 73756d | 01 00 00"));
    expect(sum.readResponse(received(response).body)).toBe(true);
  });

  it("mark oneway calls, and fit into six bytes", () => {
    const call = written((writer) => codecOf("ping").writeRequest(writer, 1, undefined));
    expect(call).toBe(plain("82 81 01 01 70 00"));
    expect(received(call).head.type).toBe(MessageType.oneway);
  });

  it("throw what the reply declares, by short and by long headers", () => {
    const thrown = written((writer) => {
      expect(echo.writeDeclaredException(writer, 1, new Refused({ reason: "r" }))).toBe(true);
    });
    expect(thrown).toBe(plain("82 41 01 04 6563686f | 1c 18 01 72 00 00"));
    expect(() => echo.readResponse(received(thrown).body)).toThrow(Refused);
    expect(() => echo.readResponse(received("82 41 01 04 6563686f | 0c 28 18 01 72 00 00").body)).toThrow(Refused);
    expect(echo.writeDeclaredException(new ByteWriter(), 1, new Error("other"))).toBe(false);
  });

  it("report an absent result", () => {
    const empty = written((writer) => echo.writeEmptyResponse(writer, 1));
    expect(empty).toBe(plain("82 41 01 04 6563686f | 00"));
    expect(() => echo.readResponse(received(empty).body)).toThrow("missing result: the answer of echo()");
  });
});

describe("thriftCompactCodec", () => {
  it("tells its messages from those of Binary", () => {
    expect(thriftCompactCodec.matches(0x8221_0104)).toBe(true);
    expect(thriftCompactCodec.matches(0x82e1_0104)).toBe(true);
    expect(thriftCompactCodec.matches(0x8222_0104)).toBe(false);
    expect(thriftCompactCodec.matches(0x8001_0001)).toBe(false);
    expect(thriftCodec.matches(0x8221_0104)).toBe(false);
  });

  it("reads sequence ids of every size", () => {
    for (const id of [0, 1, 127, 128, 16384, 2 ** 31 - 1, -1, -(2 ** 31)]) {
      const message = written((writer) => thriftCompactCodec.writeException(writer, "m", id, 6, ""));
      expect(received(message).head.sequenceId).toBe(id);
    }
  });

  it("carries application exceptions", () => {
    const message = written((writer) => thriftCompactCodec.writeException(writer, "nope", 1, 20, "unknown"));
    expect(message).toBe(plain("82 61 01 04 6e6f7065 | 18 07 756e6b6e6f776e 15 28 00"));
    const { head, body } = received(message);
    expect(head.type).toBe(MessageType.exception);
    const exception = thriftCompactCodec.readException(body);
    expect(exception).toBeInstanceOf(ApplicationException);
    expect(exception).toMatchObject({ typeId: 20, remoteMessage: "unknown" });
    expect(thriftCompactCodec.readException(ByteReader.of(bytes("25 0a 00")))).toMatchObject({
      typeId: 5,
      remoteMessage: "missing result",
    });
  });

  it("reads what Apache's library writes", () => {
    const Everything: StructDescriptor<Record<string, unknown>> = structDescriptor("Everything", [
      [-1, "negative", "i32"],
      [1, "text", "string"],
      [2, "flag", "bool"],
      [3, "tiny", "i8"],
      [8, "real", "double"],
      [9, "flags", ["list", "bool"]],
      [100, "long", "i64"],
      [101, "map", ["map", "bool", "i16"]],
    ]);
    // TFramedTransport and TCompactProtocol of npm's thrift 0.24, without the frame.
    const recorded = "8221ac02044563686f05010c2801611113ff57000000000000f83f1921010206c801071b011401d70400";
    const { head, body } = received(recorded);
    expect(head).toEqual({ type: MessageType.call, methodName: "Echo", sequenceId: 300 });
    const value = Everything.codec.compact.read(body) as Record<string, unknown>;
    expect(value).toEqual({
      negative: 6,
      text: "a",
      flag: true,
      tiny: -1,
      real: 1.5,
      flags: [true, false],
      long: -4n,
      map: new Map([[true, -300]]),
    });
    expect(written((writer) => Everything.codec.compact.write(writer, value))).toBe(recorded.slice(18));
  });

  it.each([
    ["bad_version", "80010001 00000001 61 00"],
    ["bad_version", "8222 01 01 61 00"],
    ["negative_size", "8221 01 ffffffff0f 00"],
    ["invalid_data", "8221 01 05 61"],
    ["invalid_data", "8221 ffffffff1f 01 61"],
    ["invalid_data", "82"],
  ])("answers %s to the head %s", (code, text) => {
    const read = (): void =>
      thriftCompactCodec.readHead(ByteReader.of(bytes(text)), { type: 0, methodName: "", sequenceId: 0 });
    expect(read).toThrow(ProtocolException);
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});

describe("a message in Compact without a name", () => {
  it("is taken: its id is what can be answered to", () => {
    const message = bytes("8221 07 00 00");
    const head = { type: 0, methodName: "x", sequenceId: 0 };
    thriftCompactCodec.readHead(ByteReader.of(message), head);
    expect(head).toEqual({ type: 1, methodName: "", sequenceId: 7 });
    expect(thriftCompactCodec.scan(ByteReader.of(message), { position: 0, stack: [] })).toBe(5);
  });
});

describe("scanning in Compact", () => {
  const head = "8221 ac02 04 6563686f";
  const everything = bytes(`${head}
    11 12 | 13 7f | 14 8001 | 15 00 | 16 ffffffffffffffffff01 | 17 0000000000000000 | 18 02 6162 | 18 00
    1c 11 00 | 1c 00 | 19 21 01 02 | 19 25 8001 00 | 19 28 01 61 00 | 19 1c 15 02 00 | 19 00 | 1a f3 0f ${"01".repeat(15)}
    19 29 18 01 61 08 | 1b 00 | 1b 01 33 01 02 | 1b 02 8c 01 61 00 00 11 00 | 1b 01 11 01 02 | 1b 01 58 02 01 61 | 1b 01 b5 00 02
    0d 9003 ${"00".repeat(16)} | 01 9003 | 09 02 f8 0f ${"00".repeat(15)} | 00`);
  const start = (): ScanState => ({ position: 0, stack: [] });

  it("finds the end, whatever follows and wherever the message begins", () => {
    for (const surplus of ["", "00", "8221", "19"]) {
      const reader = ByteReader.of(Buffer.concat([Buffer.alloc(5, 0xff), everything, bytes(surplus)]));
      reader.offset = 5;
      expect(thriftCompactCodec.scan(reader, start())).toBe(everything.length);
      expect(reader.offset).toBe(5);
    }
  });

  it("asks for more at every byte but the last, and goes on where it stopped", () => {
    const state = start();
    for (let arrived = 0; arrived < everything.length; arrived++) {
      const reader = ByteReader.of(everything);
      reader.end = arrived;
      expect(thriftCompactCodec.scan(reader, state)).toBe(-1);
      expect(thriftCompactCodec.scan(reader, start())).toBe(-1);
    }
    expect(thriftCompactCodec.scan(ByteReader.of(everything), state)).toBe(everything.length);
  });

  it("does not loop over what has not arrived", () => {
    for (const body of [
      "19 fc ffffffff07 00",
      "19 f5 ffffffff07",
      "1a f3 ffffffff07 00",
      "1b ffffffff07 88 00",
      "18 ffffffff07",
    ]) {
      const state = start();
      expect(thriftCompactCodec.scan(ByteReader.of(bytes(head + body)), state)).toBe(-1);
      expect(state.stack.length).toBeLessThan(10);
    }
  });

  it.each([
    ["negative_size", "18 ffffffff0f"],
    ["negative_size", "19 f3 ffffffff0f"],
    ["negative_size", "1b ffffffff0f 33"],
    ["invalid_data", "18 ffffffff1f"],
    ["invalid_data", "16 ffffffffffffffffffff"],
    ["invalid_data", "1e 00"],
    ["invalid_data", "19 1e 00"],
    ["invalid_data", "19 10 00"],
    ["invalid_data", "1b 01 30 01 00"],
    ["invalid_data", "1b 01 03 01 00"],
    ["depth_limit", "1c".repeat(64)],
    ["depth_limit", `19 ${"19".repeat(64)}`],
  ])("answers %s to %s", (code, body) => {
    const scan = (): number => thriftCompactCodec.scan(ByteReader.of(bytes(head + body)), start());
    expect(scan).toThrow(ProtocolException);
    expect(scan).toThrow(expect.objectContaining({ code }));
  });
});

describe("compact()", () => {
  const binary = serviceInfo({ serviceName: "S", packageName: "pkg", methods });
  const inCompact = compact(binary);

  it("gives the same service in another payload codec, and lets servers take both", () => {
    expect(inCompact).toMatchObject({ serviceName: "S", packageName: "pkg", payloadCodec: thriftCompactCodec });
    expect(inCompact.methods.map(({ name, property, oneway }) => [name, property, oneway])).toEqual(
      binary.methods.map(({ name, property, oneway }) => [name, property, oneway]),
    );
    expect(inCompact.alsoAccepts).toEqual([binary]);
    expect(binary.alsoAccepts).toBeUndefined();
    expect(compact(inCompact)).toBe(inCompact);
  });

  it("takes inherited methods along", () => {
    const derived = serviceInfo({ serviceName: "D", packageName: "", extends: () => binary, methods: {} });
    expect(compact(derived).methods.map(({ name }) => name)).toEqual(["echo", "sum", "p"]);
  });

  it("refuses a service that is no Thrift", () => {
    const other = { ...binary, payloadCodec: { ...thriftCodec, name: "protobuf" } } as ServiceInfo;
    expect(() => compact(other)).toThrow("service S speaks protobuf, which has no Compact form");
  });
});
