// What the client sends, byte for byte, and what it makes of answers, friendly and not.
import {
  ApplicationException,
  BizStatusError,
  background,
  metainfo,
  ProtocolException,
  RPCError,
  TransportError,
} from "@kitex-ts/core";
import { ServerCall, sourced } from "@kitex-ts/core/spi";
import { afterEach, describe, expect, it } from "vitest";
import { echo, echoService, ping, Refused } from "./echo-service.ts";
import { attemptTo, bytesOf, callEcho, closeAll, sleep, transport } from "./harness.ts";
import { goReply, type RawServer, rawServer } from "./raw-peer.ts";
import { vectors } from "./vectors.ts";

afterEach(closeAll);

const servers: RawServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const peer = async (...args: Parameters<typeof rawServer>): Promise<RawServer> => {
  const server = await rawServer(...args);
  servers.push(server);
  return server;
};

const hex = (bytes: Buffer | undefined): string => bytes?.toString("hex") ?? "";

describe("a request", () => {
  it("over TTHeaderFramed is the recorded one", async () => {
    let seen: Buffer | undefined;
    const { address } = await peer((socket, message) => {
      seen = message;
      socket.write(goReply(message));
    });
    expect(await callEcho(transport({ protocol: "TTHeaderFramed", connection: "long" }), address, "hi")).toEqual({
      msg: "hi",
    });
    expect(hex(seen)).toBe(hex(vectors.H2));
  });

  it.each([
    ["Framed", vectors.F1, Buffer.concat([bytesOf("0000001e"), vectors.T2])],
    ["PurePayload", vectors.T1, vectors.T2],
  ] as const)("over %s is the recorded one", async (protocol, request, answer) => {
    let seen: Buffer | undefined;
    const { address } = await peer((socket, message) => {
      seen = message;
      socket.write(answer);
    });
    expect(await callEcho(transport({ protocol }), address, "hi")).toEqual({ msg: "hi" });
    expect(hex(seen)).toBe(hex(request));
  });

  it("that is oneway is message type 4, and waits for nothing", async () => {
    const { address } = await peer((socket, message) => {
      heard(message);
      if (message.length > 60) socket.write(goReply(message));
    });
    let heard: (message: Buffer) => void = () => {};
    const first = new Promise<Buffer>((resolve) => {
      heard = resolve;
    });
    const client = transport({ protocol: "PurePayload" });
    expect(await client.call(attemptTo(address, { method: ping }), "x")).toBeUndefined();
    const expected = Buffer.from(vectors.T4);
    expected[15] = 1;
    expect(hex(await first)).toBe(hex(expected));
  });

  it("announces that answers may come in any order, in a TTHeader", async () => {
    const flags: number[] = [];
    const { address } = await peer((socket, message) => {
      flags.push(message.readUInt16BE(6));
      socket.write(goReply(message));
    });
    await callEcho(transport(), address, "hi");
    await callEcho(transport({ connection: "mux" }), address, "hi");
    await callEcho(transport({ connection: "short" }), address, "hi");
    expect(flags).toEqual([1, 1, 0]);
  });

  it("carries metainfo of this call and of its parent, the timeout, and who calls", async () => {
    let seen = "";
    const { address } = await peer((socket, message) => {
      seen = message.toString("latin1");
      socket.write(goReply(message));
    });
    // As a server hands it on: what upstream sent as transient is stale.
    const { metaInfo } = metainfo.withPersistentValue(metainfo.withValue(background(), "once", "gone"), "log", "7");
    const caller = { callerService: "", callerMethod: "", timeoutMs: 0, metaInfo: metaInfo?.transferForward() };
    const peerOfParent = { peerAddress: "", peerIdentity: undefined };
    const parent = new ServerCall(echoService, echo, 1, "TTHeader", caller, peerOfParent, 0, 0);
    let ctx = metainfo.withValue(parent, "stage", "canary");
    ctx = metainfo.withValue(ctx, "gdpr-token", "tok");
    const client = transport();
    await client.call(attemptTo(address, { parent: ctx, timeoutMs: 1500 }), { msg: "hi" });
    expect(seen).toContain("\x11\x00\x03tok");
    expect(seen).toContain("\x01\x00\x03\x00\x03isn\x00\x04Echo");
    expect(seen).toContain("\x00\x11RPC_TRANSIT_stage\x00\x06canary");
    expect(seen).toContain("\x00\x0fRPC_PERSIST_log\x00\x017");
    expect(seen).not.toContain("once");
    expect(seen).toContain("\x00\x14\x00\x04echo");
    expect(seen).toContain("\x00\x0c\x00\x041500");
    expect(seen).not.toContain("\x00\x11\x00\x03500");
  });

  it("tells the connect timeout only when somebody set it, and each timeout as it is", async () => {
    const seen: string[] = [];
    const { address } = await peer((socket, message) => {
      seen.push(message.toString("latin1"));
      socket.write(goReply(message));
    });
    const client = transport({ connection: "long" });
    const attempt = attemptTo(address, { timeoutMs: 70 });
    (attempt.call as { settings: object }).settings = {
      ...attempt.call.settings,
      connectTimeoutMs: sourced(123, "call option"),
    };
    await client.call(attempt, { msg: "hi" });
    for (const timeoutMs of [70, 70, 70, 0, 71]) await client.call(attemptTo(address, { timeoutMs }), { msg: "hi" });
    expect(seen[0]).toContain("\x00\x11\x00\x03123");
    expect(seen.slice(1).join()).not.toContain("\x00\x11\x00\x03");
    const timeouts = seen.map((text) => /\0\x0c\0\x02(\d\d)/.exec(text)?.[1]);
    expect(timeouts).toEqual(["70", "70", "70", "70", undefined, "71"]);
  });

  it("that cannot be encoded fails alone", async () => {
    const { address } = await peer((socket, message) => socket.write(goReply(message)));
    for (const client of [transport(), transport({ connection: "long" })]) {
      const good = callEcho(client, address, "hi");
      const bad = client.call(attemptTo(address), { msg: 7 });
      await expect(bad).rejects.toMatchObject({ code: "encode_failed", requestWritten: false, method: "echo" });
      await expect(bad).rejects.toThrow(/req.msg/);
      expect(await good).toEqual({ msg: "hi" });
      expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    }
  });

  it("that is larger than the limit fails alone", async () => {
    const { address } = await peer((socket, message) => socket.write(goReply(message)));
    const client = transport({ maxMessageBytes: 1000 });
    await expect(callEcho(client, address, "x".repeat(2000))).rejects.toMatchObject({
      kind: "overlimit",
      requestWritten: false,
    });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
  });
});

const exception = (typeId: number, text: string): Buffer => {
  const message = Buffer.from(text);
  return Buffer.concat([
    bytesOf("80010003 00000004 6563686f 00000001 0b0001"),
    Buffer.from([0, 0, 0, message.length]),
    message,
    bytesOf("080002 000000"),
    Buffer.from([typeId, 0]),
  ]);
};
const frame = (payload: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

/** Answers every request with these bytes. */
const answering = (...answers: Buffer[]): Promise<RawServer> => {
  let index = 0;
  return peer((socket) => socket.write(answers[Math.min(index++, answers.length - 1)] as Buffer));
};

describe("an answer", () => {
  it("with a business error", async () => {
    const { address } = await answering(vectors.H3);
    const error = await callEcho(transport(), address, "hi").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BizStatusError);
    expect(error).toMatchObject({ kind: "biz", code: 404, bizMessage: "not found", extra: { k: "v" } });
  });

  it.each([
    ["404", "{broken", { code: 404 }],
    ["404", "[1]", { code: 404 }],
    ["0", "", undefined],
    ["x", "", undefined],
    ["99999999999", "", undefined],
  ])("with biz-status %j and biz-extra %j", async (status, extra, expected) => {
    const strings = [
      ["biz-status", status],
      ["biz-extra", extra],
    ].map(([key, value]) =>
      Buffer.concat([
        Buffer.from([0, (key as string).length]),
        Buffer.from(key as string),
        Buffer.from([0, (value as string).length]),
        Buffer.from(value as string),
      ]),
    );
    const header = Buffer.concat([bytesOf("0000 010002"), ...strings]);
    const padded = Buffer.concat([header, Buffer.alloc((4 - (header.length % 4)) % 4)]);
    const unit = Buffer.concat([bytesOf("00000000 10000000 00000001 0000"), padded, vectors.T2]);
    unit.writeUInt32BE(unit.length - 4, 0);
    unit.writeUInt16BE(padded.length / 4, 12);
    const { address } = await answering(unit);
    const answer = callEcho(transport(), address, "hi");
    if (expected === undefined) expect(await answer).toEqual({ msg: "hi" });
    else await expect(answer).rejects.toMatchObject({ ...expected, extra: {} });
  });

  it.each(["Framed", "TTHeader"] as const)("with an application exception over %s", async (protocol) => {
    const bytes = exception(20, "unknown service , method echo");
    const { address } = await peer((socket, message) => {
      if (protocol === "Framed") socket.write(frame(bytes));
      else {
        const unit = Buffer.concat([message.subarray(0, 12), bytesOf("000100000000"), bytes]);
        unit.writeUInt32BE(unit.length - 4, 0);
        socket.write(unit);
      }
    });
    const client = transport({ protocol });
    const error = await callEcho(client, address, "hi").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApplicationException);
    expect(error).toMatchObject({
      typeId: 20,
      message: "remote or network error[remote]: unknown service , method echo",
      service: "svc",
      method: "echo",
      address,
    });
  });

  it("without a result is the application exception that the codec makes of it, for this call", async () => {
    const { address } = await answering(frame(vectors.T2));
    const readResponse = (): never => {
      throw new ApplicationException(5, "missing result");
    };
    const method = { ...echo, codec: { ...echo.codec, readResponse } };
    const client = transport({ protocol: "Framed" });
    const error = await client
      .call(attemptTo(address, { method, destination: "no result" }), { msg: "hi" })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApplicationException);
    expect(error).toMatchObject({
      typeId: 5,
      message: "remote or network error[remote]: missing result",
      service: "no result",
      method: "echo",
      address,
    });
  });

  it("with an exception that the IDL declares", async () => {
    const bytes = Buffer.from(vectors.T2);
    bytes[18] = 1;
    const { address } = await answering(frame(bytes));
    await expect(callEcho(transport({ protocol: "Framed" }), address, "hi")).rejects.toBeInstanceOf(Refused);
  });

  it("with backward values, for those who asked", async () => {
    const { address } = await peer((socket, message) => {
      const unit = Buffer.concat([
        message.subarray(0, 12),
        bytesOf("0005 0000 010001 0005 7374616765 0004 62657461 0000"),
        vectors.T2.subarray(0, 12),
        message.subarray(8, 12),
        vectors.T2.subarray(16),
      ]);
      unit.writeUInt32BE(unit.length - 4, 0);
      socket.write(unit);
    });
    const client = transport();
    const ctx = metainfo.withBackwardValues(background());
    const attempt = attemptTo(address, { parent: ctx });
    await client.call(attempt, { msg: "hi" });
    expect(metainfo.recvBackwardValue(ctx, "stage")).toBe("beta");
    expect(attempt.recvSize).toBeGreaterThan(30);
    expect(attempt.sendSize).toBeGreaterThan(30);
    expect(attempt.sequenceId).toBe(1);
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
  });

  const edited = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(vectors.T2);
    change(bytes);
    return frame(bytes);
  };
  it.each([
    ["of another sequence id", edited((bytes) => bytes.writeInt32BE(99, 12)), "unexpected_answer"],
    ["of another method", edited((bytes) => bytes.write("nope", 8)), "wrong_method_name"],
    ["of a request's type", edited((bytes) => bytes.writeUInt8(1, 3)), "invalid_message_type"],
    ["that ends too early", edited((bytes) => bytes.writeInt32BE(1000, 22)), "invalid_data"],
    ["that is no message", Buffer.from("HTTP/1.1 400 Bad Request\r\n"), "malformed_frame"],
    ["that declares too much", bytesOf("7fffffff 80010002"), "frame_too_large"],
  ])("%s fails the call, and the next one gets through", async (_what, bytes, code) => {
    const { address } = await answering(
      bytes,
      frame(vectors.T2),
      edited((reply) => reply.writeInt32BE(2, 12)),
    );
    const client = transport({ protocol: "Framed" });
    const error = await callEcho(client, address, "hi").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RPCError);
    expect(error).toMatchObject({ code, method: "echo", address, requestWritten: true });
    expect(error instanceof ProtocolException || error instanceof TransportError).toBe(true);
  });

  it("with a bad sequence id inside a good TTHeader fails the call alone", async () => {
    const { address } = await peer((socket, message) => {
      const answer = goReply(message);
      if (message.readInt32BE(8) === 1) answer.writeInt32BE(77, 30);
      socket.write(answer);
    });
    const client = transport();
    await expect(callEcho(client, address, "hi")).rejects.toMatchObject({ code: "bad_sequence_id" });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
  });

  it("with a header that cannot be read fails the call alone", async () => {
    const { address, sockets } = await peer((socket, message) => {
      const answer = goReply(message, "hi", { flags: 1 });
      if (message.readInt32BE(8) === 2) answer[14] = 2;
      socket.write(answer);
    });
    const client = transport();
    await callEcho(client, address, "hi");
    const [bad, good] = await Promise.allSettled([callEcho(client, address, "hi"), callEcho(client, address, "hi")]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "malformed_header" } });
    expect(good.status).toBe("fulfilled");
    expect(sockets).toHaveLength(1);
  });

  it("that declares too much in the last bytes of the receive buffer ends the connection, and nothing else", async () => {
    const { address, sockets } = await peer((socket, message) => {
      if (message.readInt32BE(8) === 1) {
        socket.write(goReply(message, "hi", { flags: sockets.length === 1 ? 1 : 0 }));
        return;
      }
      // A late answer, as they come on a shared connection, and the beginning of a frame: 64 KiB, which arrive as one.
      const late = goReply(message, "x".repeat(64 * 1024 - 8 - goReply(message, "").length));
      late.writeInt32BE(999, 8);
      socket.write(Buffer.concat([late, bytesOf("7fffffff 80010002")]));
    });
    const client = transport();
    await callEcho(client, address, "hi");
    await expect(callEcho(client, address, "hi")).rejects.toMatchObject({ code: "frame_too_large", method: "echo" });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(sockets).toHaveLength(2);
  });

  it("that nobody waits for, or half of one, costs an exclusive connection its life and no call anything", async () => {
    for (const surplus of [frame(vectors.T2), frame(vectors.T2).subarray(0, 9)]) {
      const { address, sockets } = await peer((socket, message) => {
        const answer = Buffer.from(vectors.T2);
        answer.writeInt32BE(message.readInt32BE(16), 12);
        socket.write(sockets.length === 1 ? Buffer.concat([frame(answer), surplus]) : frame(answer));
      });
      const client = transport({ protocol: "Framed" });
      expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
      expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
      expect(sockets).toHaveLength(2);
    }
  });

  it("to a oneway call is ignored: the peer's IDL may be older", async () => {
    const { address, sockets } = await peer((socket, message) => {
      const answer = Buffer.from(vectors.T2);
      const isPing = message[3] === 4;
      answer.writeInt32BE(message.readInt32BE(12), 12);
      if (isPing) answer.write("ping", 8);
      socket.write(answer);
    });
    const client = transport({ protocol: "PurePayload" });
    await client.call(attemptTo(address, { method: ping }), "x");
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    await sleep(5);
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(sockets).toHaveLength(1);
  });

  it("cut at every byte is the same answer", async () => {
    const { address } = await peer((socket, message) => {
      const answer = goReply(message, "hi", { flags: 1 });
      let at = 0;
      const next = (): void => {
        if (at < answer.length) socket.write(answer.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    const client = transport();
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
  });
});
