import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Defaults, Everything } from "../kitex_gen/interop/interop.ts";
import { goDial } from "../support/dial-options.ts";
import { full, sparse } from "../support/everything.ts";
import { type GoAnswer, type GoClient, type GoClients, startGoClients } from "../support/go-peer.ts";
import { toJson } from "../support/json.ts";
import { type OurServer, startOurServer } from "../support/our-server.ts";
import { payloadOf } from "../support/payload.ts";
import { rowsOf } from "../support/rows.ts";
import { hasHeader, ways } from "../support/ways.ts";

let clients: GoClients;
let server: OurServer;
let old: OurServer;
beforeAll(async () => {
  clients = startGoClients();
  [server, old] = await Promise.all([startOurServer(), startOurServer({ old: true })]);
});
afterAll(async () => {
  await clients[Symbol.asyncDispose]();
  await Promise.all([server[Symbol.asyncDispose](), old[Symbol.asyncDispose]()]);
});

describe.each(ways)("Go client, our server: $name", (way) => {
  const row = rowsOf("Go client, our server", way);
  let interop: GoClient;
  beforeAll(async () => {
    interop = await clients.dial(goDial(server.address, way));
  });
  afterAll(() => interop.close());

  const expectApplication = (answer: GoAnswer, typeId: number, message: RegExp): void => {
    expect(answer.error).toMatchObject({ kind: "application", typeId, message: expect.stringMatching(message) });
  };

  it("takes and gives back a value of every type", row("every type, edge values"), async () => {
    const answer = await interop.call("EchoEverything", { request: toJson(full()) });
    expect(server.received.at(-1)).toEqual(Everything.create(full()));
    expect(answer).toMatchObject({ ok: toJson(full()) });
    await interop.call("EchoEverything", { request: toJson(sparse()) });
    expect(server.received.at(-1)).toEqual(Everything.create(sparse()));
  });

  it("agrees on default values", row("default values"), async () => {
    const defaults = toJson(Defaults.create({ must: 3 }));
    expect((await interop.call("MakeDefaults")).ok).toEqual(defaults);
    expect((await interop.call("EchoDefaults", { request: {} })).ok).toEqual(defaults);
    const other = { yes: false, number: 0, large: "0", text: "", names: [], maybeNumber: 0, maybeText: "" };
    expect((await interop.call("EchoDefaults", { request: other })).ok).toMatchObject(other);
  });

  it("serves methods of every shape", row("methods of every shape"), async () => {
    expect((await interop.call("Ping", { text: "inherited" })).ok).toBe("inherited");
    const join = { first: "a", second: -2, rest: ["b", "c"], flag: true };
    expect((await interop.call("Join", join)).ok).toBe("a/-2/b,c/true");
    expect((await interop.call("Nothing")).ok).toBeNull();
    expect((await interop.call("Find", { name: "it" })).ok).toBe("found it");
    expect((await interop.call("Verify", { name: "it" })).ok).toBeNull();
  });

  it("takes oneway calls", row("oneway calls"), async () => {
    expect((await interop.call("Notify", { token: way.name })).error).toBeUndefined();
    await server.notified(way.name);
    expect((await interop.call("Ping", { text: "after" })).ok).toBe("after");
  });

  it.each(["Find", "Verify"])("sends declared exceptions of %s", row("declared exceptions"), async (method) => {
    expect((await interop.call(method, { name: "missing" })).error).toMatchObject({
      kind: "exception",
      name: "NotFound",
      value: { name: "missing", searched: "1099511627776", near: { x: 1, y: -1 } },
    });
    expect((await interop.call(method, { name: "forbidden" })).error).toMatchObject({
      kind: "exception",
      name: "Denied",
      value: { reason: "not yours", missingRoles: ["owner", "admin"] },
    });
  });

  it("sends application exceptions with their type ids", row("application exceptions of every type id"), async () => {
    const fail = (kind: number, typeId = 0): Promise<GoAnswer> =>
      interop.call("Fail", { failure: { kind, message: "boom", typeId } });
    expectApplication(await fail(1), 6, /\[remote\]: biz error: boom$/);
    for (const typeId of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 21, 77, -1]) {
      expectApplication(await fail(2, typeId), typeId, /\[remote\]: boom/);
    }
    expect((await interop.call("Ping", { text: "after" })).ok).toBe("after");
  });

  it("says that a method is not there", row("unknown method"), async () => {
    const newer = await clients.dial({ ...goDial(server.address, way), service: "NewInterop" });
    const added = await newer.call("Added", { text: "" });
    if (hasHeader(way)) expectApplication(added, 1, /unknown method Added \(service Interop\)/);
    else expectApplication(added, 20, /unknown service ,? ?method Added/);
    await newer.close();
  });

  it("says that a service is not there, and goes on", row("unknown service"), async () => {
    const greet = await clients.dial({ ...goDial(old.address, way), service: "GreetService" });
    const unknown = await greet.call("SayHello1", { request: { Message: "" } });
    expectApplication(unknown, 20, /unknown service (GreetService)?, method SayHello1/);
    await greet.close();
    const other = await clients.dial({ ...goDial(server.address, way), service: "GreetService" });
    expect((await other.call("SayHello2", { request: { Message: "you" } })).ok).toEqual({ Message: "hello 2 you" });
    await other.close();
  });

  it(
    "skips what an old IDL does not know, and reports what a new one misses",
    row("an older and a newer IDL, required fields that are missing"),
    async () => {
      const newer = await clients.dial(goDial(old.address, way));
      const echo = await newer.call("EchoEverything", { request: toJson(full()) });
      const { medium, text, point, mustYes, mustLarge, mustText, mustList } = full();
      expect(old.received.at(-1)).toEqual({ medium, text, point, mustYes, mustLarge, mustText, mustList });
      expect(echo.ok).toMatchObject({ medium, mustText });
      await newer.close();

      const older = await clients.dial({ ...goDial(server.address, way), service: "OldInterop" });
      const incomplete = { point: { x: 1, y: 2 }, mustYes: true, mustLarge: "1", mustList: [] };
      expectApplication(await older.call("EchoEverything", { request: incomplete }), 7, /mustText/);
      await older.close();
    },
  );

  it(
    "sends business errors, where there is a header",
    row("business errors with extra", hasHeader(way) ? "yes" : "application exception 6"),
    async () => {
      const business = { code: -404, message: "žádný <b>", extra: [["k", "v&w ž"]] };
      const answer = await interop.call("Refuse", { business });
      if (hasHeader(way)) {
        const { code, message } = business;
        expect(answer.error).toEqual({ kind: "biz", code, message, extra: { k: "v&w ž" } });
      } else {
        // Kitex would lose it; without a header ours says so in the only way there is.
        expectApplication(answer, 6, /-404/);
      }
    },
  );

  it("is given up on after the RPC timeout, and goes on", row("timeouts, late answers"), async () => {
    const slow = await interop.call("Sleep", { milliseconds: 300 }, { timeoutMs: 50 });
    expect(slow.error?.kind).toBe("timeout");
    expect((await interop.call("Ping", { text: "after" })).ok).toBe("after");
  });

  it(
    "carries metainfo both ways, where there is a header",
    row("metainfo and call info, both ways", hasHeader(way) ? "yes" : "no header"),
    async () => {
      const options = { transient: { t: "once" }, persistent: { p: "always" }, timeoutMs: 9000 };
      const { ok, backward } = await interop.call("Observe", { backward: [["b", "back"]] }, options);
      if (hasHeader(way)) {
        expect(ok).toEqual({
          transient: [["t", "once"]],
          persistent: [["p", "always"]],
          callerService: "tester",
          callerMethod: "",
          timeoutMs: "9000",
        });
        expect(backward).toMatchObject({ b: "back" });
      } else {
        expect(ok).toEqual({ transient: [], persistent: [], callerService: "", callerMethod: "", timeoutMs: "0" });
      }
    },
  );

  it.each([0, 1, 4096, 16 * 1024 * 1024])("carries %i bytes", row("0 B, 1 B, 4 KiB, 16 MiB"), async (size) => {
    const { ok } = await interop.call("Payload", { size });
    expect(ok === payloadOf(size).toString("base64")).toBe(true);
    const echo = await interop.call("EchoBinary", { payload: ok ?? null });
    expect(echo.ok === ok).toBe(true);
  });

  it("has a thousand calls in flight", row("1,000 calls in flight"), async () => {
    const texts = Array.from({ length: 1000 }, (_, i) => `${i}`);
    const answers = await Promise.all(texts.map((text) => interop.call("Ping", { text })));
    expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(answers.map(({ ok }) => ok)).toEqual(texts);
  });
});
