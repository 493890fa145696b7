import { ApplicationException, ProtocolException } from "@kitex-ts/core";
import { ByteReader, ByteWriter, type MethodCodec } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { importPrinted } from "../../test/support/backends.ts";
import type { StructDescriptor } from "../descriptor.ts";
import { emitCodecModule } from "../emit/module.ts";
import { type ExceptionClass, exceptionClass } from "../exception-class.ts";
import { InvalidValueError } from "../invalid-value-error.ts";
import { type MethodDefinition, serviceInfo } from "../service-info.ts";
import { structDescriptor } from "../struct-descriptor.ts";
import type { ThriftException } from "../thrift-exception.ts";
import type { MethodCodecs } from "./method-codec.ts";

interface Message {
  text: string;
  count: number;
}
const Message: StructDescriptor<Message, Partial<Message>> = structDescriptor("Message", [
  [1, "text", "string"],
  [2, "count", "i32", 0, 3],
]);
const Strict: StructDescriptor<{ x: number }> = structDescriptor("Strict", [[1, "x", "i32", 1]]);

interface Refused extends ThriftException {
  reason: string;
}
const Refused: ExceptionClass<Refused, { reason: string }> = exceptionClass("Refused", [[1, "reason", "string"]]);
interface Missing extends ThriftException {
  key: string;
}
const Missing: ExceptionClass<Missing, { key: string }> = exceptionClass("Missing", [[1, "key", "string"]]);

const backends = ["made at load", "printed ahead of time"] as const;

describe.each(backends)("methods, %s", (backend) => {
  const codecOf = async (definition: MethodDefinition): Promise<MethodCodec> => {
    let codecs: MethodCodecs | undefined;
    if (backend === "printed ahead of time") {
      const text = emitCodecModule([{ name: "method", method: definition }], { language: "js", runtime: "" });
      codecs = (await importPrinted(text))["method"] as unknown as MethodCodecs;
      expect(Object.keys(codecs)).toEqual(["args", "result", "success"]);
    }
    const methods = { method: { ...definition, codecs } };
    const [method] = serviceInfo({ serviceName: "S", packageName: "", methods }).methods;
    if (method === undefined) throw new Error("no method");
    return method.codec;
  };
  /** Bytes after the head of 12 bytes and the method's name. */
  const body = (write: (writer: ByteWriter) => void, name = "Method"): string => {
    const writer = new ByteWriter();
    write(writer);
    return writer.buffer.toString("hex", 12 + name.length, writer.offset);
  };
  const reader = (text: string): ByteReader => ByteReader.of(Buffer.from(text.replaceAll(" ", ""), "hex"));
  const method = (definition: Partial<MethodDefinition>): MethodDefinition => ({
    name: "Method",
    args: [],
    result: "void",
    ...definition,
  });

  it("writes nothing but STOP for no arguments, and reads past what it does not know", async () => {
    const codec = await codecOf(method({}));
    expect(body((writer) => codec.writeRequest(writer, 1, undefined))).toBe("00");
    expect(codec.readRequest(reader("00"))).toBeUndefined();
    expect(codec.readRequest(reader("080001 00000001 00"))).toBeUndefined();
  });

  it("always writes its arguments, by their ids", async () => {
    const codec = await codecOf(
      method({
        args: [
          [3, "name", "string"],
          [-1, "count", "i32", 0, 7],
        ],
      }),
    );
    expect(body((writer) => codec.writeRequest(writer, 1, { name: "a", count: 1 }))).toBe(
      "08ffff000000010b0003000000016100",
    );
    expect(body((writer) => codec.writeRequest(writer, 1, { name: "a" }))).toBe("08ffff000000070b0003000000016100");
    expect(() => body((writer) => codec.writeRequest(writer, 1, { count: 1 }))).toThrow(
      "Method.name: required field is not set",
    );
    expect(codec.readRequest(reader("00"))).toEqual({ name: "", count: 7 });
  });

  it("names a sole argument by its struct or by the method", async () => {
    const message = await codecOf(method({ args: [[1, "request", () => Message]] }));
    const write = (request: unknown) => () => body((writer) => message.writeRequest(writer, 1, request));
    expect(write({ text: 5 })).toThrow(InvalidValueError);
    expect(write({ text: 5 })).toThrow("payload validation error: Message.text: expected string, got number");
    expect(write(undefined)).toThrow("Method.request: expected Message, got undefined");
    const text = await codecOf(method({ args: [[1, "text", "string"]] }));
    expect(() => body((writer) => text.writeRequest(writer, 1, 5))).toThrow("Method.text: expected string, got number");
  });

  it("hands a handler an empty struct for an argument that Go left out, if its fields allow that", async () => {
    const lenient = await codecOf(method({ args: [[1, "request", () => Message]] }));
    expect(lenient.readRequest(reader("00"))).toEqual({ text: "", count: 3 });
    const strict = await codecOf(method({ args: [[1, "request", () => Strict]] }));
    expect(() => strict.readRequest(reader("00"))).toThrow("required field x is not set");
    const required = await codecOf(method({ args: [[1, "request", () => Message, 1]] }));
    expect(() => required.readRequest(reader("00"))).toThrow("required field request is not set");
  });

  it("writes exactly the result, or nothing", async () => {
    const number = await codecOf(method({ result: "i32" }));
    expect(body((writer) => number.writeResponse(writer, 1, 7))).toBe("0800000000000700");
    expect(() => body((writer) => number.writeResponse(writer, 1, undefined))).toThrow(
      "Method(): expected i32, got undefined",
    );
    expect(body((writer) => number.writeEmptyResponse(writer, 1))).toBe("00");
    const nothing = await codecOf(method({}));
    expect(body((writer) => nothing.writeResponse(writer, 1, "ignored"))).toBe("00");
    const message = await codecOf(method({ result: () => Message }));
    expect(() => body((writer) => message.writeResponse(writer, 1, { text: 5 }))).toThrow(
      "Message.text: expected string, got number",
    );
  });

  it("throws what the reply declares", async () => {
    const codec = await codecOf(
      method({
        result: "string",
        throws: [
          [1, "refused", () => Refused],
          [2, "missing", () => Missing],
        ],
      }),
    );
    const thrown = (error: unknown): string =>
      body((writer) => expect(codec.writeDeclaredException(writer, 1, error)).toBe(true));
    expect(thrown(new Missing({ key: "k" }))).toBe("0c00020b0001000000016b0000");
    expect(() => codec.readResponse(reader(thrown(new Missing({ key: "k" }))))).toThrow(Missing);
    expect(() => codec.readResponse(reader(thrown(new Refused({ reason: "r" }))))).toThrow(Refused);
    class Own extends Refused {}
    expect(thrown(new Own({ reason: "r" }))).toBe("0c00010b0001000000017200" + "00");
    expect(codec.writeDeclaredException(new ByteWriter(), 1, new Error("x"))).toBe(false);
    expect(codec.writeDeclaredException(new ByteWriter(), 1, "x")).toBe(false);
    expect(codec.readResponse(reader("0b0000 00000001 61 00"))).toBe("a");
  });

  it("takes an absent container or binary for an empty one, as Go leaves them out", async () => {
    const read = async (result: MethodDefinition["result"]): Promise<unknown> =>
      (await codecOf(method({ result }))).readResponse(reader("00"));
    expect(await read(["list", "i32"])).toEqual([]);
    expect(await read(["set", "i32"])).toEqual(new Set());
    expect(await read(["map", "i32", "i32"])).toEqual(new Map());
    expect(await read("binary")).toEqual(new Uint8Array(0));
    expect(await read("void")).toBeUndefined();
  });

  it("reports any other absent result", async () => {
    for (const result of ["i32", "string", "bool", "enum", () => Message] as const) {
      const codec = await codecOf(method({ result }));
      expect(() => codec.readResponse(reader("00"))).toThrow(ApplicationException);
      expect(() => codec.readResponse(reader("00"))).toThrow("missing result: the answer of Method()");
      // Another type than declared counts as absent.
      expect(() => codec.readResponse(reader("040000 0000000000000000 00"))).toThrow("missing result");
    }
  });

  it("takes the VOID field of a generic server", async () => {
    const codec = await codecOf(method({}));
    const answer = reader("010000 00 00");
    expect(codec.readResponse(answer)).toBeUndefined();
    expect(answer.remaining).toBe(0);
    expect(() => codec.readRequest(reader("010000 00 00"))).toThrow(ProtocolException);
  });

  it("refuses a throws clause without an exception", async () => {
    await expect(codecOf(method({ throws: [[1, "wrong", () => Message]] }))).rejects.toThrow(
      "Method throws wrong, which is no exception class",
    );
  });
});

describe("names of arguments", () => {
  it("are those under which their values are encoded, whatever the IDL calls them", () => {
    const args = [
      [1, "a", "string"],
      [2, "__proto__", "string"],
    ] as const;
    const method = { name: "m", args, result: "void" } as const;
    const [info] = serviceInfo({ serviceName: "S", packageName: "", methods: { method } }).methods;
    if (info === undefined) throw new Error("no method");
    const request = Object.fromEntries(info.argumentNames.map((name) => [name, `value of ${name}`]));
    const writer = new ByteWriter();
    info.codec.writeRequest(writer, 1, request);
    const reader = ByteReader.of(writer.buffer.subarray(13, writer.offset));
    expect(info.codec.readRequest(reader)).toEqual({ a: "value of a", __proto___: "value of __proto___" });
  });
});
