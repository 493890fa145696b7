// What the code generator prints, written by hand from test/generated-shape/*.thrift; there all imports but relative ones are one, `kitex-ts/codegenv1`.
import type { ServiceInfo } from "@kitex-ts/core";
import { ByteReader, ByteWriter, type MessageHead, MessageType, type MethodCodec } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { enumName, fromBinary, InvalidValueError, ThriftException, thriftCodec, toBinary } from "../src/index.ts";
import { HealthService } from "./generated-shape/base.ts";
import { Choice, Color, GreetService, HelloRequest, NotFound } from "./generated-shape/greet.ts";

const codecOf = (service: ServiceInfo, property: string): MethodCodec => {
  const method = service.methods.find((candidate) => candidate.property === property);
  if (method === undefined) throw new Error(`no method ${property}`);
  return method.codec;
};

/** What `write` wrote, as a receiver gets it: head read, reader at the body. */
const send = (write: (writer: ByteWriter) => void): { head: MessageHead; body: ByteReader; bytes: Buffer } => {
  const writer = new ByteWriter();
  write(writer);
  const bytes = writer.buffer.subarray(0, writer.offset);
  const body = ByteReader.of(bytes);
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  thriftCodec.readHead(body, head);
  return { head, body, bytes };
};

describe("generated structs", () => {
  it("fills in what the caller left out", () => {
    expect(fromBinary(HelloRequest, toBinary(HelloRequest, { message: "hi" }))).toEqual({
      message: "hi",
      user: 0n,
      color: undefined,
      retries: 3,
      locale: "en",
      tags: [],
      names: new Set(),
      weights: new Map(),
      payload: undefined,
      forwarded: undefined,
      stamp: 0,
    });
  });

  it("takes looser input than it gives", () => {
    const bytes = toBinary(HelloRequest, {
      message: "hi",
      user: 7,
      color: 99,
      names: ["a", "b"],
      weights: { x: 0.5 },
      forwarded: { message: "inner" },
      stamp: 2 ** 40,
    });
    const decoded = fromBinary(HelloRequest, bytes);
    expect(decoded.user).toBe(7n);
    expect(decoded.color).toBe(99);
    expect(decoded.names).toEqual(new Set(["a", "b"]));
    expect(decoded.weights).toEqual(new Map([["x", 0.5]]));
    expect(decoded.forwarded?.message).toBe("inner");
    expect(decoded.stamp).toBe(2 ** 40);
  });

  it("completes a value with create()", () => {
    const request = HelloRequest.create({ message: "hi", user: 1, weights: { x: 1 } });
    expect(request).toEqual(fromBinary(HelloRequest, toBinary(HelloRequest, request)));
  });

  it("names the field of a wrong value", () => {
    const wrong = { message: "hi", tags: [{ key: "a" }, { key: 5 }] } as unknown as HelloRequest;
    expect(() => toBinary(HelloRequest, wrong)).toThrow(InvalidValueError);
    expect(() => toBinary(HelloRequest, wrong)).toThrow("HelloRequest.tags[1].key: expected string, got number");
  });

  it("looks up the names of enum values", () => {
    expect(enumName(Color, Color.GREEN)).toBe("GREEN");
    expect(enumName(Color, 99)).toBeUndefined();
  });

  it("carries one member of a union", () => {
    const choice = fromBinary(Choice, toBinary(Choice, { case: "number", value: 5 }));
    expect(choice).toEqual({ case: "number", value: 5n });
    expect(() => toBinary(Choice, {} as never)).toThrow("Choice.case: exactly one field must be set");
  });
});

describe("generated exceptions", () => {
  it("are errors with their fields as properties", () => {
    const cause = new Error("why");
    const error = new NotFound({ message: "no such user", code: 404, name_: "kim" }, { cause });
    expect(error).toBeInstanceOf(NotFound);
    expect(error).toBeInstanceOf(ThriftException);
    expect(error.name).toBe("NotFound");
    expect(String(error)).toBe("NotFound: no such user");
    expect(error.code).toBe(404);
    expect(error.name_).toBe("kim");
    expect(error.cause).toBe(cause);
  });

  it("travel as instances of their class", () => {
    const decoded = fromBinary(NotFound, toBinary(NotFound, new NotFound({ message: "x", code: 1 })));
    expect(decoded).toBeInstanceOf(NotFound);
    expect(decoded.message).toBe("x");
    expect(decoded.code).toBe(1);
    expect(decoded.name_).toBeUndefined();
  });
});

describe("generated services", () => {
  it("list inherited methods first", () => {
    expect(GreetService.methods.map((method) => method.property)).toEqual([
      "ping",
      "notify",
      "sayHello",
      "add",
      "reset",
      "choose",
    ]);
    expect(GreetService.methods[0]).toBe(HealthService.methods[0]);
  });

  it("pass a sole argument as it is", () => {
    const codec = codecOf(GreetService, "sayHello");
    const { head, body } = send((writer) => codec.writeRequest(writer, 9, { message: "hi" }));
    expect(head).toEqual({ type: MessageType.call, methodName: "SayHello", sequenceId: 9 });
    expect(codec.readRequest(body)).toMatchObject({ message: "hi", retries: 3 });
    expect(body.remaining).toBe(0);
  });

  it("pass several arguments by name, and none as undefined", () => {
    const add = codecOf(GreetService, "add");
    const { body } = send((writer) => add.writeRequest(writer, 1, { a: 2, b: 3 }));
    expect(add.readRequest(body)).toEqual({ a: 2, b: 3 });
    const ping = codecOf(GreetService, "ping");
    expect(ping.readRequest(send((writer) => ping.writeRequest(writer, 1, undefined)).body)).toBeUndefined();
  });

  it("mark oneway calls", () => {
    const notify = codecOf(GreetService, "notify");
    expect(send((writer) => notify.writeRequest(writer, 1, "up")).head.type).toBe(MessageType.oneway);
  });

  it("answer with a value, with nothing, and with a declared exception", () => {
    const sayHello = codecOf(GreetService, "sayHello");
    const value = send((writer) => sayHello.writeResponse(writer, 1, { message: "hi" }));
    expect(sayHello.readResponse(value.body)).toEqual({ message: "hi" });

    const reset = codecOf(GreetService, "reset");
    expect(reset.readResponse(send((writer) => reset.writeResponse(writer, 1, undefined)).body)).toBeUndefined();

    let isDeclared = false;
    const thrown = send((writer) => {
      isDeclared = sayHello.writeDeclaredException(writer, 1, new NotFound({ code: 404 }));
    });
    expect(isDeclared).toBe(true);
    expect(thrown.head.type).toBe(MessageType.reply);
    expect(() => sayHello.readResponse(thrown.body)).toThrow(NotFound);
    const writer = new ByteWriter();
    expect(sayHello.writeDeclaredException(writer, 1, new Error("other"))).toBe(false);
    expect(writer.offset).toBe(0);
  });
});
