// What the server answers, byte for byte, and what it does with bytes that nobody should send.
import { ApplicationException, BizStatusError, metainfo, RPCError } from "@kitex-ts/core";
import type { ServerCall } from "@kitex-ts/core/spi";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ListenerOptions } from "../src/index.ts";
import { Refused } from "./echo-service.ts";
import { bytesOf, closeAll, entryOf, type Handler, serve, sleep } from "./harness.ts";
import { RawClient } from "./raw-peer.ts";
import { vectors } from "./vectors.ts";

afterEach(closeAll);

const clients: RawClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.destroy();
});

const echoBack: Handler = (request) => request;

interface Conversation {
  readonly client: RawClient;
  readonly errors: RPCError[];
  readonly address: string;
}

const converse = async (
  handler: Handler = echoBack,
  options: Partial<ListenerOptions> = {},
  allowHalfOpen = false,
): Promise<Conversation> => {
  const errors: RPCError[] = [];
  const entry = { ...entryOf(handler), onConnectionError: (error: RPCError) => void errors.push(error) };
  const { address } = await serve(entry, options);
  const client = await RawClient.connect(address, allowHalfOpen);
  clients.push(client);
  return { client, errors, address };
};

const another = async (address: string): Promise<RawClient> => {
  const client = await RawClient.connect(address);
  clients.push(client);
  return client;
};

const hex = (bytes: Buffer): string => bytes.toString("hex");
/** The reply of V-T2 with this sequence id. */
const reply = (sequenceId: number): Buffer => {
  const bytes = Buffer.from(vectors.T2);
  bytes.writeInt32BE(sequenceId, 12);
  return bytes;
};
const withHeader = (flags: string, sequenceId: number, payload: Buffer): Buffer => {
  const unit = Buffer.concat([bytesOf(`00000000 1000${flags} 00000000 0003 00001000 01001600 01320000`), payload]);
  unit.writeUInt32BE(unit.length - 4, 0);
  unit.writeInt32BE(sequenceId, 8);
  return unit;
};
const framed = (payload: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

describe("a reply mirrors its request", () => {
  it.each([
    ["H1", vectors.H1, withHeader("0000", 1, reply(1))],
    ["H2", vectors.H2, withHeader("0000", 1, framed(reply(1)))],
    ["ACL", vectors.ACL, withHeader("0000", 1, reply(1))],
    ["META", vectors.META, withHeader("0000", 1, reply(1))],
    ["MUXREQ", vectors.MUXREQ, withHeader("0001", 7, reply(7))],
    ["F1", vectors.F1, framed(vectors.T2)],
    ["MESH", vectors.MESH, vectors.T2],
    ["T1", vectors.T1, vectors.T2],
  ])("%s", async (_name, request, expected) => {
    const { client } = await converse();
    client.socket.write(request);
    expect(hex(await client.take(expected.length))).toBe(hex(expected));
  });

  it("byte by byte too", async () => {
    const { client } = await converse();
    for (const byte of Buffer.concat([vectors.H2, vectors.T1, vectors.F1])) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const expected = Buffer.concat([withHeader("0000", 1, framed(reply(1))), vectors.T2, framed(vectors.T2)]);
    expect(hex(await client.take(expected.length))).toBe(hex(expected));
  });

  it("with a business error in the header", async () => {
    const { client } = await converse(() => {
      throw new BizStatusError(404, "not found", { k: "v" });
    });
    client.socket.write(vectors.H2);
    expect(hex(await client.take(vectors.H3.length))).toBe(hex(vectors.H3));
  });

  it("with nothing for a oneway call", async () => {
    const heard: string[] = [];
    const { address } = await serve(entryOf(echoBack, (text) => heard.push(text)));
    const client = await another(address);
    client.socket.write(Buffer.concat([vectors.T4, vectors.T1]));
    expect(hex(await client.take(vectors.T2.length))).toBe(hex(vectors.T2));
    expect(heard).toEqual(["x"]);
  });
});

/** Type id and text of the exception in these bytes. */
const exceptionIn = (bytes: Buffer): { readonly typeId: number; readonly text: string } => {
  const at = bytes.indexOf(Buffer.from("80010003", "hex"));
  if (at < 0) throw new Error(`no exception in ${hex(bytes)}`);
  let offset = at + 8 + bytes.readInt32BE(at + 4) + 4 + 3;
  const length = bytes.readInt32BE(offset);
  offset += 4;
  return { text: bytes.toString("utf8", offset, offset + length), typeId: bytes.readInt32BE(offset + length + 3) };
};

describe("what a handler throws", () => {
  it.each([
    ["an Error", new Error("boom"), 6, "biz error: boom"],
    ["anything", "boom", 6, "biz error: boom"],
    ["what has no text", Object.create(null), 6, "biz error: what was thrown cannot be printed"],
    ["an ApplicationException", new ApplicationException(1234, "mine"), 1234, "mine"],
    ["a refusal", new RPCError("acl", "not you"), 6, "request forbidden: not you"],
    ["a limit", new RPCError("overlimit", "too many"), 6, "request over limit: too many"],
    ["another call's failure", new RPCError("rpc_timeout", "x"), 6, "biz error: rpc timeout: x"],
  ])("%s", async (_what, thrown, typeId, text) => {
    const failure = thrown as Error;
    for (const fail of [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ]) {
      const { client } = await converse(fail);
      client.socket.write(vectors.H1);
      expect(exceptionIn(await client.unit())).toEqual({ typeId, text });
      // The connection goes on.
      client.socket.write(vectors.H1);
      expect(exceptionIn(await client.unit())).toEqual({ typeId, text });
    }
  });

  it.each([vectors.F1, vectors.T1])("a business error without a header", async (request) => {
    const { client } = await converse(
      () => {
        throw new BizStatusError(404, "not found");
      },
      {},
      true,
    );
    client.socket.end(request);
    expect(exceptionIn(await client.rest())).toEqual({ typeId: 6, text: "biz error: code=404, msg=not found" });
  });

  it("an exception that the IDL declares is a reply", async () => {
    const { client } = await converse(() => {
      throw new Refused("hi");
    });
    client.socket.write(vectors.T1);
    const expected = Buffer.from(vectors.T2);
    expected[18] = 1;
    expect(hex(await client.take(expected.length))).toBe(hex(expected));
  });

  it("a result that cannot be encoded becomes an exception, and its neighbours are whole", async () => {
    const { client } = await converse((request) => (request.msg === "hi" ? request : { msg: 7 }));
    const bad = Buffer.from(vectors.T1);
    bad.write("ho", 26);
    client.socket.write(Buffer.concat([vectors.T1, bad, vectors.T1]));
    const answers = await client.take(vectors.T2.length);
    expect(hex(answers)).toBe(hex(vectors.T2));
    client.socket.end();
    const rest = await client.rest();
    expect(exceptionIn(rest)).toEqual({ typeId: 6, text: expect.stringContaining("resp.msg") as string });
    expect(hex(rest.subarray(-vectors.T2.length))).toBe(hex(vectors.T2));
  });

  it("a result larger than the limit becomes an exception", async () => {
    const { client } = await converse(() => ({ msg: "x".repeat(5000) }), { maxMessageBytes: 4096 });
    client.socket.write(vectors.H1);
    expect(exceptionIn(await client.unit())).toEqual({ typeId: 6, text: expect.stringContaining("4096") as string });
  });
});

describe("what a handler sees", () => {
  const see = async (request: Buffer): Promise<ServerCall> => {
    let seen: ServerCall | undefined;
    const { client } = await converse((message, call) => {
      seen = call;
      return message;
    });
    client.socket.write(request);
    await client.take(vectors.T2.length);
    return seen as ServerCall;
  };

  it("metainfo: transient values readable here and not sent on, persistent ones sent on", async () => {
    const call = await see(vectors.META);
    expect(metainfo.getValue(call, "K")).toBe("t");
    expect(metainfo.getPersistentValue(call, "logid")).toBe("12345");
    expect(call.metaInfo?.transient).toBeUndefined();
    expect([...(call.metaInfo?.stale ?? [])]).toEqual([["K", "t"]]);
  });

  it("the ACL token as the transient value that it is", async () => {
    const call = await see(vectors.ACL);
    expect(metainfo.getValue(call, "gdpr-token")).toBe("tok");
    expect(metainfo.getPersistentValue(call, "K")).toBe("v");
  });

  it("callers, service and address, the address from the connection only", async () => {
    const call = await see(vectors.H2);
    expect(call.caller).toMatchObject({ callerService: "client", callerMethod: "" });
    expect(call.transportProtocol).toBe("TTHeaderFramed");
    expect(call.peer.peerAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(call.deadline).toBe(Infinity);
    expect(call.recvSize).toBe(vectors.H2.length);
  });

  const withTimeout = (text: string): Buffer => {
    const pair = Buffer.concat([Buffer.from([0x10, 0, 1, 0, 12, 0, text.length]), Buffer.from(text)]);
    const header = Buffer.concat([Buffer.alloc(2), pair, Buffer.alloc((4 - ((pair.length + 2) % 4)) % 4)]);
    const unit = Buffer.concat([vectors.H1.subarray(0, 14), header, vectors.T1]);
    unit.writeUInt16BE(header.length / 4, 12);
    unit.writeUInt32BE(unit.length - 4, 0);
    return unit;
  };

  it.each([
    ["1500", 1500],
    ["+1500", 1500],
    ["000000000000000000001500", 1500],
    ["9223372036854", 9_223_372_036_854],
  ])("a deadline from the caller's timeout of %j", async (text, timeoutMs) => {
    const call = await see(withTimeout(text));
    expect(call.caller.timeoutMs).toBe(timeoutMs);
    expect(call.deadline - call.receivedAt).toBeCloseTo(timeoutMs);
  });

  it.each(["-5", "0", "-0", "", "+", "+-5", "++5", " 5", "abc", "1e9", "9223372036855", "99999999999999999999"])(
    "no deadline from a timeout of %j",
    async (text) => {
      const call = await see(withTimeout(text));
      expect(call.deadline).toBe(Infinity);
      expect(call.caller.timeoutMs).toBe(0);
    },
  );

  /** As many pairs, the first of them sent twice. */
  const withPersistent = (count: number): Buffer => {
    const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
    const pairs = Array.from({ length: count + 1 }, (_, index) =>
      Buffer.concat([text(`RPC_PERSIST_key-${index % count}`), text(`value-${index}`)]),
    );
    const block = Buffer.concat([Buffer.from([0, 0, 0x01, 0, pairs.length]), ...pairs]);
    const header = Buffer.concat([block, Buffer.alloc((4 - (block.length % 4)) % 4)]);
    const unit = Buffer.concat([vectors.H1.subarray(0, 14), header, vectors.T1]);
    unit.writeUInt16BE(header.length / 4, 12);
    unit.writeUInt32BE(unit.length - 4, 0);
    return unit;
  };

  it.each([1, 2, 8, 9, 40, 200])("the last value of a key that comes twice among %i", async (count) => {
    const call = await see(withPersistent(count));
    const all = metainfo.getAllPersistentValues(call);
    expect(all.size).toBe(count);
    expect(call.metaInfo?.persistent?.size).toBe(count);
    expect(all.get("key-0")).toBe(`value-${count}`);
    expect(all.get(`key-${count - 1}`)).toBe(`value-${count === 1 ? 1 : count - 1}`);
  });

  it("the same again when the header is known already", async () => {
    const seen: string[] = [];
    const { client } = await converse((message, call) => {
      seen.push(call.caller.callerService);
      return message;
    });
    client.socket.write(Buffer.concat([vectors.H2, vectors.H1, vectors.H2]));
    for (let index = 0; index < 3; index++) await client.unit();
    expect(seen).toEqual(["client", "", "client"]);
  });
});

describe("a handler that fails", () => {
  const failing = async (failure: unknown, request: Buffer): Promise<unknown[]> => {
    const reports: unknown[] = [];
    const logger = {
      warn: () => {},
      error: (fields: unknown, message: string) => void reports.push({ message, fields }),
    };
    const fail = (): never => {
      throw failure;
    };
    const { address } = await serve(entryOf(fail, fail), { logger });
    const client = await another(address);
    client.socket.write(Buffer.concat([request, vectors.H1]));
    const answer = await client.unit();
    if (request !== vectors.T4) expect(answer.length).toBeGreaterThan(20);
    return reports;
  };

  it.each([
    ["an Error", new TypeError("boom")],
    ["anything", "boom"],
    ["what another call failed with", new RPCError("rpc_timeout", "slow")],
  ])("with %s is reported, with the service, the method and the peer", async (_what, failure) => {
    const reports = await failing(failure, Buffer.alloc(0));
    expect(reports).toEqual([
      {
        message: "handler failed",
        fields: {
          service: "Echo",
          method: "echo",
          peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
          error: failure,
        },
      },
    ]);
    expect((reports[0] as { fields: { error: unknown } }).fields.error).toBe(failure);
  });

  it.each([
    new BizStatusError(404, "not found"),
    new ApplicationException(1234, "mine"),
    new Refused("no"),
    new RPCError("acl", "not you"),
    new RPCError("overlimit", "too many"),
  ])("with %s answers, and is not reported", async (failure) => {
    expect(await failing(failure, Buffer.alloc(0))).toEqual([]);
  });

  it("at a oneway call is reported, whatever it failed with", async () => {
    const failure = new BizStatusError(404, "not found");
    const reports = await failing(failure, vectors.T4);
    expect(reports).toEqual([
      { message: "handler failed", fields: expect.objectContaining({ method: "ping", error: failure }) as unknown },
    ]);
  });

  it("is answered although the logger fails too", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const fail = (): never => {
      throw new Error("boom");
    };
    const { address } = await serve(entryOf(fail), { logger: { warn: fail, error: fail } });
    const client = await another(address);
    client.socket.write(vectors.H1);
    expect(exceptionIn(await client.unit()).text).toBe("biz error: boom");
    expect(write).toHaveBeenCalledWith(expect.stringContaining("the logger failed"));
    write.mockRestore();
  });
});

describe("backward values", () => {
  it("go bare into the header, and cannot forge what the framework says there", async () => {
    const { client } = await converse((request, call) => {
      metainfo.sendBackwardValue(call, "stage", "canary");
      metainfo.sendBackwardValue(call, "biz-status", "1");
      metainfo.sendBackwardValue(call, "biz-extra", "{}");
      metainfo.sendBackwardValue(call, "crrst", "1");
      return request;
    });
    client.socket.write(vectors.H1);
    const answer = (await client.unit()).toString("latin1");
    expect(answer).toContain("\x00\x05stage\x00\x06canary");
    expect(answer).not.toMatch(/biz-|crrst/);
  });

  it("that do not fit cost the reply its result, not the connection", async () => {
    const { client } = await converse((request, call) => {
      metainfo.sendBackwardValue(call, "k", "x".repeat(70_000));
      return request;
    });
    client.socket.write(vectors.H1);
    expect(exceptionIn(await client.unit()).text).toMatch(/65535/);
  });
});

describe("order", () => {
  const slowFirst: Handler = async (request) => {
    if (request.msg === "hi") await sleep(30);
    return request;
  };
  const second = (request: Buffer): Buffer => {
    const bytes = Buffer.from(request);
    bytes.write("ho", bytes.length - 4);
    bytes.writeInt32BE(2, bytes.length - 18);
    if (bytes.readUInt16BE(4) === 0x1000) bytes.writeInt32BE(2, 8);
    return bytes;
  };

  it("is kept on a connection without the flag, one request running at a time", async () => {
    let running = 0;
    let most = 0;
    const { client } = await converse(async (request) => {
      most = Math.max(most, ++running);
      await slowFirst(request, undefined as never);
      running--;
      return request;
    });
    client.socket.write(Buffer.concat([vectors.H1, second(vectors.H1), vectors.H1]));
    const ids = [await client.unit(), await client.unit(), await client.unit()].map((unit) => unit.readInt32BE(8));
    expect(ids).toEqual([1, 2, 1]);
    expect(most).toBe(1);
  });

  it("is not kept with it", async () => {
    const { client } = await converse(slowFirst);
    client.socket.write(Buffer.concat([vectors.MUXREQ, second(vectors.MUXREQ)]));
    const ids = [await client.unit(), await client.unit()].map((unit) => unit.readInt32BE(8));
    expect(ids).toEqual([2, 7]);
  });

  it("has no more requests running than allowed, and loses none", async () => {
    let running = 0;
    let most = 0;
    const { client } = await converse(
      async (request) => {
        most = Math.max(most, ++running);
        await sleep(1);
        running--;
        return request;
      },
      { maxRequestsInFlight: 8 },
    );
    client.socket.write(Buffer.concat(Array.from({ length: 100 }, () => vectors.MUXREQ)));
    for (let index = 0; index < 100; index++) expect((await client.unit()).readInt32BE(8)).toBe(7);
    expect(most).toBe(8);
  });
});

describe("bytes that nobody should send", () => {
  const args = (hexBytes: string): Buffer => Buffer.concat([vectors.T1.subarray(0, 16), Buffer.from(hexBytes, "hex")]);

  it.each([
    ["no arguments at all", ""],
    ["a missing field", "00"],
    ["an argument that ends too early", "0c00010b0001000000ff6869"],
  ])("%s: answered with exception 7 at once, the connection goes on", async (_what, hexBytes) => {
    const { client } = await converse();
    const bad = args(hexBytes);
    const unit = Buffer.concat([vectors.H1.subarray(0, 18), bad]);
    unit.writeUInt32BE(unit.length - 4, 0);
    client.socket.write(Buffer.concat([unit, vectors.H1]));
    expect(exceptionIn(await client.unit()).typeId).toBe(7);
    expect(hex(await client.unit())).toBe(hex(withHeader("0000", 1, reply(1))));
    client.socket.write(Buffer.concat([framed(bad), vectors.F1]));
    const length = await client.take(4);
    expect(exceptionIn(await client.take(length.readUInt32BE())).typeId).toBe(7);
    expect(hex(await client.take(34))).toBe(hex(framed(vectors.T2)));
  });

  it("an unknown method: answered, the connection goes on", async () => {
    const { client } = await converse();
    const unknown = Buffer.from(vectors.H1);
    unknown.write("nope", 26);
    client.socket.write(Buffer.concat([unknown, vectors.H1]));
    const answer = await client.unit();
    expect(exceptionIn(answer)).toEqual({ typeId: 1, text: "unknown method nope (service Echo)" });
    expect(answer.toString("latin1")).toContain("nope\x00\x00\x00\x01");
    expect(hex(await client.unit())).toBe(hex(withHeader("0000", 1, reply(1))));
  });

  it.each([2, 3, 6, 77])("message type %i: answered with exception 2", async (type) => {
    const { client } = await converse();
    const wrong = Buffer.from(vectors.H1);
    wrong[21] = type;
    client.socket.write(Buffer.concat([wrong, vectors.H1]));
    expect(exceptionIn(await client.unit())).toEqual({
      typeId: 2,
      text: `server side, invalid message type ${type}`,
    });
    expect(hex(await client.unit())).toBe(hex(withHeader("0000", 1, reply(1))));
  });

  it("a TTHeader around something else: answered under its id, the connection goes on", async () => {
    const { client } = await converse();
    const wrong = Buffer.from(vectors.MUXREQ);
    wrong.fill(0x20, 18, 26);
    client.socket.write(Buffer.concat([wrong, vectors.MUXREQ]));
    const answer = await client.unit();
    expect(answer.readInt32BE(8)).toBe(7);
    expect(exceptionIn(answer).typeId).toBe(7);
    expect(hex(await client.unit())).toBe(hex(withHeader("0001", 7, reply(7))));
  });

  it("a TTHeader and a frame that disagree about the length: answered", async () => {
    const { client } = await converse();
    const wrong = Buffer.from(vectors.H2);
    wrong.writeUInt32BE(29, 78);
    client.socket.write(wrong);
    expect(exceptionIn(await client.unit())).toMatchObject({ typeId: 7 });
  });

  it("an unreadable header: answered, neighbours too, then closed", async () => {
    const { client, errors } = await converse(async (request) => {
      await sleep(20);
      return request;
    });
    const wrong = Buffer.from(vectors.MUXREQ);
    wrong[14] = 2;
    wrong[11] = 9;
    client.socket.write(Buffer.concat([vectors.MUXREQ, wrong]));
    const first = await client.unit();
    expect(first.readInt32BE(8)).toBe(9);
    expect(exceptionIn(first).text).toMatch(/protocol id 2/);
    expect(first.toString("latin1")).toContain("crrst");
    expect((await client.unit()).readInt32BE(8)).toBe(7);
    expect(hex(await client.rest())).toBe("");
    expect(errors).toEqual([expect.objectContaining({ code: "malformed_header" })]);
  });

  const oversized = (declared: number, sequenceId: number): Buffer => {
    const unit = Buffer.from(vectors.MUXREQ);
    unit.writeUInt32BE(declared, 0);
    unit.writeInt32BE(sequenceId, 8);
    return unit;
  };

  it("a message beyond the limit: answered with both sizes under its id and left out, the connection goes on", async () => {
    const { client, errors } = await converse(
      async (request) => {
        await sleep(10);
        return request;
      },
      { maxMessageBytes: 1000 },
    );
    const rest = Buffer.alloc(100_004 - vectors.MUXREQ.length, 0x20);
    client.socket.write(Buffer.concat([vectors.MUXREQ, oversized(100_000, 9), rest, vectors.MUXREQ]));
    const answer = await client.unit();
    expect(answer.readInt32BE(8)).toBe(9);
    expect(answer.readUInt16BE(6)).toBe(1);
    expect(answer.toString("latin1")).not.toContain("crrst");
    expect(exceptionIn(answer)).toEqual({
      typeId: 7,
      text: "message of 100004 bytes, the limit is 1000; raise maxMessageBytes or send less at once",
    });
    for (let index = 0; index < 2; index++) expect(hex(await client.unit())).toBe(hex(withHeader("0001", 7, reply(7))));
    expect(errors).toEqual([expect.objectContaining({ code: "frame_too_large" })]);
  });

  it("a message that declares more than anybody would wait for: answered under its id, then closed", async () => {
    const { client, errors } = await converse(echoBack, { maxMessageBytes: 1000 });
    client.socket.write(oversized(0x7fff_ffff, 9));
    const answer = await client.unit();
    expect(answer.toString("latin1")).toContain("crrst");
    expect(exceptionIn(answer)).toMatchObject({ typeId: 7, text: expect.stringContaining("limit is 1000") as string });
    expect(hex(await client.rest())).toBe("");
    expect(errors).toEqual([expect.objectContaining({ code: "frame_too_large" })]);
  });

  it.each([
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01",
    "helloooo",
  ])("%j: closed and reported", async (text) => {
    const { client, errors } = await converse();
    client.socket.write(text, "latin1");
    expect(hex(await client.rest())).toBe("");
    expect(errors).toEqual([expect.objectContaining({ code: "malformed_frame" })]);
  });

  it("half a message and silence: closed after the read timeout, others unharmed", async () => {
    const { client, errors, address } = await converse(echoBack, { readTimeoutMs: 50 });
    const neighbour = await another(address);
    client.socket.write(vectors.H2.subarray(0, 60));
    expect(hex(await client.rest())).toBe("");
    expect(errors).toEqual([expect.objectContaining({ code: "read_timeout" })]);
    neighbour.socket.write(vectors.T1);
    expect(hex(await neighbour.take(30))).toBe(hex(vectors.T2));
  });

  it("half a message and silence: waited for when there is no read timeout", async () => {
    const { client, errors } = await converse(echoBack, { readTimeoutMs: 0 });
    client.socket.write(vectors.T1.subarray(0, 10));
    await sleep(20);
    client.socket.write(vectors.T1.subarray(10));
    expect(hex(await client.take(30))).toBe(hex(vectors.T2));
    expect(errors).toEqual([]);
  });

  it("a message that trickles in: closed all the same", async () => {
    const { client, errors } = await converse(echoBack, { readTimeoutMs: 50 });
    const timer = setInterval(() => client.socket.write("\x00"), 5);
    client.socket.write(Buffer.from("000fffff80010001", "hex"));
    expect(hex(await client.rest())).toBe("");
    clearInterval(timer);
    expect(errors).toEqual([expect.objectContaining({ code: "read_timeout" })]);
  });

  it("an idle connection is left alone", async () => {
    const { client } = await converse(echoBack, { readTimeoutMs: 20 });
    client.socket.write(vectors.T1.subarray(0, 10));
    await sleep(5);
    client.socket.write(vectors.T1.subarray(10));
    await client.take(30);
    await sleep(60);
    client.socket.write(vectors.T1);
    expect(hex(await client.take(30))).toBe(hex(vectors.T2));
  });

  it("a connection beyond the limit is closed, and reported", async () => {
    const { client, errors, address } = await converse(echoBack, { maxConnections: 1 });
    const surplus = await another(address);
    expect(hex(await surplus.rest())).toBe("");
    expect(errors).toEqual([expect.objectContaining({ kind: "overlimit" })]);
    client.socket.write(vectors.T1);
    expect(hex(await client.take(30))).toBe(hex(vectors.T2));
  });
});

describe("a peer that goes", () => {
  it("half-way still gets its answers, even those behind others", async () => {
    const { client } = await converse(
      async (request) => {
        await sleep(5);
        return request;
      },
      {},
      true,
    );
    client.socket.end(Buffer.concat([vectors.T1, vectors.F1, vectors.T1]));
    const expected = Buffer.concat([vectors.T2, framed(vectors.T2), vectors.T2]);
    expect(hex(await client.rest())).toBe(hex(expected));
  });

  it("inside a message is reported", async () => {
    const { client, errors } = await converse();
    client.socket.end(vectors.H2.subarray(0, 50));
    await client.rest();
    expect(errors).toEqual([expect.objectContaining({ code: "connection_closed" })]);
  });

  it.each([
    ["closes a multiplexed connection", vectors.MUXREQ, (client: RawClient) => client.socket.end()],
    ["resets any", vectors.T1, (client: RawClient) => client.socket.resetAndDestroy()],
  ])("and %s cancels what runs for it", async (_what, request, leave) => {
    let started: () => void = () => {};
    const hasStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const aborted = new Promise<unknown>((resolve) => {
      void converse(
        (_message, call) =>
          new Promise(() => {
            call.signal.addEventListener("abort", () => resolve(call.signal.reason));
            started();
          }),
      ).then(async ({ client }) => {
        client.socket.write(request);
        await hasStarted;
        leave(client);
      });
    });
    expect(await aborted).toMatchObject({ kind: "canceled_by_business" });
  });
});

describe("a peer that does not read", () => {
  it("stops being read from, and gets everything once it reads again", async () => {
    let started = 0;
    const text = "x".repeat(100_000);
    const { client } = await converse(() => {
      started++;
      return { msg: text };
    });
    client.socket.pause();
    const count = 500;
    client.socket.write(Buffer.concat(Array.from({ length: count }, () => vectors.MUXREQ)));
    let before = -1;
    while (started !== before) {
      before = started;
      await sleep(50);
    }
    // 50 MB of answers would be waiting otherwise.
    expect(started).toBeLessThan(count / 2);
    client.socket.resume();
    for (let index = 0; index < count; index++) expect((await client.unit()).length).toBeGreaterThan(100_000);
    expect(started).toBe(count);
  });

  const answers = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => vectors.MUXREQ));

  it("at all is given up after the read timeout", async () => {
    const text = "x".repeat(1_000_000);
    const { client, errors, address } = await converse(() => ({ msg: text }), { readTimeoutMs: 50 });
    client.socket.pause();
    client.socket.write(answers(100));
    while (errors.length === 0) await sleep(5);
    expect(errors).toEqual([
      expect.objectContaining({
        code: "peer_does_not_read",
        message: expect.stringMatching(/has read nothing for 50 ms, \d+ bytes wait for it/) as string,
      }),
    ]);
    const neighbour = await another(address);
    neighbour.socket.write(vectors.MUXREQ);
    expect((await neighbour.unit()).length).toBeGreaterThan(1_000_000);
  });

  it("fast, but reads, gets everything, although it takes longer than the read timeout", async () => {
    const text = "x".repeat(24_000_000);
    const { client, errors } = await converse(() => ({ msg: text }), { readTimeoutMs: 500 });
    const { socket } = client;
    let received = 0;
    const hasAll = new Promise<void>((resolve) => {
      socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
        received += chunk.length;
        if (received > text.length) resolve();
        socket.pause();
        setTimeout(() => socket.resume(), 5);
      });
    });
    const began = performance.now();
    socket.write(vectors.MUXREQ);
    await hasAll;
    expect(performance.now() - began).toBeGreaterThan(500);
    expect(errors).toEqual([]);
  }, 30_000);

  it("and has asked for more than may wait is closed at once", async () => {
    const text = "x".repeat(1_000_000);
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let started = 0;
    const { client, errors } = await converse(
      async () => {
        started++;
        await gate;
        return { msg: text };
      },
      { readTimeoutMs: 0, maxPendingBytes: 2_000_000 },
    );
    client.socket.pause();
    client.socket.write(answers(100));
    while (started < 100) await sleep(1);
    open();
    while (errors.length === 0) await sleep(1);
    expect(errors).toEqual([
      expect.objectContaining({
        kind: "overlimit",
        code: "peer_does_not_read",
        message: expect.stringContaining("the limit is 2000000") as string,
      }),
    ]);
  });
});
