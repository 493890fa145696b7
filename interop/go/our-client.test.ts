import {
  ApplicationException,
  ApplicationExceptionType,
  BizStatusError,
  background,
  callopt,
  client,
  closeClient,
  createClient,
  metainfo,
} from "kitex-ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Denied } from "../kitex_gen/base/base.ts";
import {
  Defaults,
  Everything,
  FailureKind,
  Interop,
  type InteropClient,
  NotFound,
  OldInterop,
} from "../kitex_gen/interop/interop.ts";
import { Interop as NewInterop } from "../kitex_gen/newer/newer.ts";
import { GreetService } from "../kitex_gen/proxyless/proxyless.ts";
import { ourOptions } from "../support/dial-options.ts";
import { full, sparse } from "../support/everything.ts";
import { type GoServer, startGoServer } from "../support/go-peer.ts";
import { payloadOf } from "../support/payload.ts";
import { rowsOf } from "../support/rows.ts";
import { hasHeader, ways } from "../support/ways.ts";

let stock: GoServer;
let mux: GoServer;
let oldStock: GoServer;
let oldMux: GoServer;
beforeAll(async () => {
  [stock, mux, oldStock, oldMux] = await Promise.all([
    startGoServer(),
    startGoServer({ mux: true }),
    startGoServer({ old: true }),
    startGoServer({ old: true, mux: true }),
  ]);
});
afterAll(async () => {
  const ends = await Promise.all([stock, mux, oldStock, oldMux].map((server) => server.stop()));
  expect(ends).toEqual(Array(4).fill("ended with status 0"));
});

describe.each(ways)("our client, Go server: $name", (way) => {
  const row = rowsOf("our client, Go server", way);
  let server: GoServer;
  let old: GoServer;
  let interop: InteropClient & AsyncDisposable;
  beforeAll(() => {
    [server, old] = way.connections === "mux" ? [mux, oldMux] : [stock, oldStock];
    interop = createClient(Interop, server.address, ...ourOptions(way));
  });
  afterAll(() => closeClient(interop));

  it("sends and gets back a value of every type", row("every type, edge values"), async () => {
    expect(await interop.echoEverything(full())).toEqual(Everything.create(full()));
    expect(await interop.echoEverything(sparse())).toEqual(Everything.create(sparse()));
  });

  it("agrees on default values", row("default values"), async () => {
    const defaults = Defaults.create({ must: 3 });
    expect(await interop.makeDefaults()).toEqual(defaults);
    // A required field has to be set here; in Go its default stands in.
    expect(await interop.echoDefaults({ must: 3 })).toEqual(defaults);
    const other = {
      ...defaults,
      yes: false,
      number: 0,
      large: 0n,
      text: "",
      names: [],
      maybeNumber: 0,
      maybeText: "",
      maybeNumbers: [],
    };
    expect(await interop.echoDefaults(other)).toEqual(other);
  });

  it("calls methods of every shape", row("methods of every shape"), async () => {
    expect(await interop.ping("inherited")).toBe("inherited");
    expect(await interop.join("a", -2, ["b", "c"], true)).toBe("a/-2/b,c/true");
    expect(await interop.nothing()).toBeUndefined();
    expect(await interop.find("it")).toBe("found it");
    expect(await interop.verify("it")).toBeUndefined();
  });

  it("sends oneway calls", row("oneway calls"), async () => {
    expect(await interop.notify(way.name)).toBeUndefined();
    await server.notified(way.name);
    expect(await interop.ping("after")).toBe("after");
  });

  it.each(["find", "verify"] as const)(
    "gets declared exceptions of %s as their classes",
    row("declared exceptions"),
    async (method) => {
      const missing = await interop[method]("missing").catch((error: unknown) => error);
      expect(missing).toBeInstanceOf(NotFound);
      expect(missing).toMatchObject({ name_: "missing", searched: 1n << 40n, near: { x: 1, y: -1 } });
      const forbidden = await interop[method]("forbidden").catch((error: unknown) => error);
      expect(forbidden).toBeInstanceOf(Denied);
      expect(forbidden).toMatchObject({ reason: "not yours", missingRoles: ["owner", "admin"] });
    },
  );

  it("gets application exceptions with their type ids", row("application exceptions of every type id"), async () => {
    const failure = (kind: FailureKind, typeId = 0): Promise<unknown> =>
      interop.fail({ kind, message: "boom", typeId }).catch((error: unknown) => error);
    const plain = await failure(FailureKind.ERROR);
    expect(plain).toBeInstanceOf(ApplicationException);
    expect(plain).toMatchObject({ typeId: ApplicationExceptionType.internalError, remoteMessage: "biz error: boom" });
    for (const typeId of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21, 77, -1]) {
      expect(await failure(FailureKind.TYPED, typeId)).toMatchObject({ typeId, remoteMessage: "boom [biz error]" });
    }
    expect(await failure(FailureKind.PANIC)).toMatchObject({
      typeId: ApplicationExceptionType.internalError,
      remoteMessage: expect.stringContaining("panic: [happened in biz handler"),
    });
  });

  it("learns that a method is not there", row("unknown method"), async () => {
    await using newer = createClient(NewInterop, server.address, ...ourOptions(way));
    const error = await newer.added("").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApplicationException);
    // Without a header nobody knows which service is meant.
    const { unknownMethod, unknownService } = ApplicationExceptionType;
    expect(error).toMatchObject({
      typeId: hasHeader(way) ? unknownMethod : unknownService,
      remoteMessage: expect.stringContaining(
        hasHeader(way) ? "unknown method Added" : "unknown service , method Added",
      ),
    });
  });

  it("learns that a service is not there, and goes on", row("unknown service"), async () => {
    await using greet = createClient(GreetService, old.address, ...ourOptions(way));
    const error = await greet.sayHello1({ Message: "" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApplicationException);
    expect(error).toMatchObject({ typeId: ApplicationExceptionType.unknownService });
    await using other = createClient(GreetService, server.address, ...ourOptions(way));
    expect(await other.sayHello2({ Message: "you" })).toEqual({ Message: "hello 2 you" });
  });

  it(
    "skips what an old IDL does not know, and reports what a new one misses",
    row("an older and a newer IDL, required fields that are missing"),
    async () => {
      await using older = createClient(OldInterop, server.address, ...ourOptions(way));
      const request = { medium: 5, text: "t", point: { x: 1, y: 2 }, mustYes: true, mustLarge: 1n, mustList: [1] };
      expect(await older.echoEverything({ ...request, mustText: "m" })).toEqual({ ...request, mustText: "m" });
      const error = await older.echoEverything(request).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ApplicationException);
      expect(error).toMatchObject({
        typeId: ApplicationExceptionType.protocolError,
        remoteMessage: expect.stringContaining("required field mustText is not set"),
      });
    },
  );

  it(
    "does not reuse a connection that Kitex closes after its answer",
    row("connections that Kitex closes after an exception"),
    async () => {
      // Kitex ends the connection after the exceptions 1, 7, 9 and 20; only with a TTHeader does it say so.
      await using newer = createClient(NewInterop, server.address, ...ourOptions(way));
      for (const text of ["a", "b", "c"]) {
        await expect(newer.added(text)).rejects.toBeInstanceOf(ApplicationException);
        expect(await interop.ping(text)).toBe(text);
      }
    },
  );

  it(
    "gets business errors over TTHeader, and notices their loss elsewhere",
    row("business errors with extra", hasHeader(way) ? "yes" : "lost by Kitex, noticed"),
    async () => {
      const extra = new Map([["k", "v&w ž"]]);
      const error = await interop
        .refuse({ code: -404, message: "žádný <b>", extra })
        .catch((thrown: unknown) => thrown);
      if (hasHeader(way)) {
        expect(error).toBeInstanceOf(BizStatusError);
        expect(error).toMatchObject({ code: -404, bizMessage: "žádný <b>", extra: { k: "v&w ž" } });
      } else {
        // Kitex sends an empty result, which its own clients take for a value.
        expect(error).toMatchObject({
          kind: "remote_or_network",
          message: expect.stringContaining("missing result: the answer of Refuse()"),
        });
      }
    },
  );

  it("gives up after the RPC timeout, and goes on", row("timeouts, late answers"), async () => {
    const error = await interop.sleep(300, callopt.withRPCTimeout(50)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "rpc_timeout" });
    expect(await interop.ping("after")).toBe("after");
  });

  it(
    "carries metainfo both ways, where there is a header",
    row("metainfo and call info, both ways", hasHeader(way) ? "yes" : "no header"),
    async () => {
      let ctx = metainfo.withBackwardValues(background());
      ctx = metainfo.withPersistentValue(metainfo.withValue(ctx, "t", "once"), "p", "always");
      const options = [callopt.withContext(ctx), callopt.withRPCTimeout(9000)];
      const { timeoutMs, ...observed } = await interop.observe(new Map([["b", "back"]]), ...options);
      if (hasHeader(way)) {
        expect(observed).toEqual({
          transient: new Map([["t", "once"]]),
          persistent: new Map([["p", "always"]]),
          callerService: "tester",
          callerMethod: "",
        });
        // What is left of it when the request leaves.
        expect(timeoutMs).toBeGreaterThan(8000n);
        expect(timeoutMs).toBeLessThanOrEqual(9000n);
        expect(metainfo.recvBackwardValue(ctx, "b")).toBe("back");
      } else {
        expect(observed).toEqual({ transient: new Map(), persistent: new Map(), callerService: "", callerMethod: "" });
        expect(metainfo.recvAllBackwardValues(ctx)).toEqual(new Map());
      }
    },
  );

  it.each([0, 1, 4096, 16 * 1024 * 1024])("carries %i bytes", row("0 B, 1 B, 4 KiB, 16 MiB"), async (size) => {
    const payload = await interop.payload(size);
    expect(Buffer.compare(payload, payloadOf(size))).toBe(0);
    expect(Buffer.compare(await interop.echoBinary(payload), payload)).toBe(0);
  });

  it("has a thousand calls in flight", row("1,000 calls in flight"), async () => {
    const texts = Array.from({ length: 1000 }, (_, i) => `${i}`);
    expect(await Promise.all(texts.map((text) => interop.ping(text)))).toEqual(texts);
  });
});

describe("our client, Go server: defaults", () => {
  it("takes TTHeader, one call at a time per connection, and a multiplexing server as well", async () => {
    const texts = Array.from({ length: 100 }, (_, i) => `${i}`);
    for (const server of [stock, mux]) {
      await using interop = createClient(Interop, server.address, client.withConnectTimeout(5000));
      expect(await Promise.all(texts.map((text) => interop.ping(text)))).toEqual(texts);
      await expect(interop.refuse({ code: 1, message: "m" })).rejects.toBeInstanceOf(BizStatusError);
    }
  });
});
