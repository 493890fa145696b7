import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toJson } from "../support/json.ts";
import { payloadOf } from "../support/payload.ts";
import type { PeerAnswer, PeerClient, PeerClients } from "../support/peer.ts";
import { Defaults, Everything, Keyed } from "./kitex_gen/judge/judge.ts";
import { full, keyed, sparse } from "./support/everything.ts";
import { fullFor, type JudgeDial, type JudgeService, judges } from "./support/judges.ts";
import { type OurJudge, startOurJudge } from "./support/our-judge.ts";
import { ways } from "./support/ways.ts";

let server: OurJudge;
let old: OurJudge;
beforeAll(async () => {
  [server, old] = await Promise.all([startOurJudge(), startOurJudge({ old: true })]);
});
afterAll(async () => {
  await Promise.all([server[Symbol.asyncDispose](), old[Symbol.asyncDispose]()]);
});

describe.each(judges)("clients of $name, our server", (judge) => {
  let clients: PeerClients<JudgeDial>;
  beforeAll(() => {
    clients = judge.startClients();
  });
  afterAll(() => clients[Symbol.asyncDispose]());

  describe.each(ways)("$name", (way) => {
    const dial = (service: JudgeService = "Judge", { address } = server): Promise<PeerClient> =>
      clients.dial({ ...way, address, service });
    let client: PeerClient;
    beforeAll(async () => {
      client = await dial();
    });
    afterAll(() => client.close());

    const expectApplication = (answer: PeerAnswer, typeId: number, message: RegExp): void => {
      expect(answer.error).toMatchObject({ kind: "application", typeId, message: expect.stringMatching(message) });
    };

    it("takes and gives back a value of every type", async () => {
      const most = fullFor(way, judge);
      const answer = await client.call("EchoEverything", { request: toJson(most) });
      expect(server.received.at(-1)).toEqual(Everything.create(most));
      expect(answer.ok).toEqual(toJson(Everything.create(most)));

      const least = await client.call("EchoEverything", { request: toJson(sparse()) });
      expect(server.received.at(-1)).toEqual(Everything.create(sparse()));
      expect(least.ok).toEqual(toJson(Everything.create(sparse())));
    });

    if (judge.hasAnyKey)
      it("takes and gives back keys of every type", async () => {
        const answer = await client.call("EchoKeyed", { request: toJson(keyed()) });
        expect(server.received.at(-1)).toEqual(Keyed.create(keyed()));
        expect(answer.ok).toEqual(toJson(Keyed.create(keyed())));
      });

    it("agrees on default values", async () => {
      const defaults = Defaults.create({ must: 3 });
      expect((await client.call("MakeDefaults")).ok).toEqual(toJson(defaults));
      const echo = await client.call("EchoDefaults", { request: { must: 4 } });
      expect(server.received.at(-1)).toEqual({ ...defaults, must: 4 });
      expect(echo.ok).toEqual(toJson({ ...defaults, must: 4 }));
      const zeros = {
        ...defaults,
        yes: false,
        number: 0,
        large: 0n,
        text: "",
        names: [],
        maybeNumber: 0,
        maybeText: "",
      };
      expect((await client.call("EchoDefaults", { request: toJson(zeros) })).ok).toEqual(toJson(zeros));
      expect(server.received.at(-1)).toEqual(zeros);
    });

    it("answers methods of every shape", async () => {
      expect(await client.call("Ping", { text: "inherited" })).toEqual({ ok: "inherited" });
      const join = { first: "a", second: -2, rest: ["b", "c"], flag: true };
      expect(await client.call("Join", join)).toEqual({ ok: "a/-2/b,c/true" });
      expect(await client.call("Nothing")).toEqual({ ok: null });
      expect(await client.call("Find", { what: "it" })).toEqual({ ok: "found it" });
      expect(await client.call("Verify", { what: "it" })).toEqual({ ok: null });
    });

    it("takes oneway calls", async () => {
      const token = `${judge.name}, ${way.name}`;
      expect(await client.call("Notify", { token })).toEqual({ ok: null });
      // The connection is served in order, so the call behind it is answered after it.
      expect(await client.call("Ping", { text: "after" })).toEqual({ ok: "after" });
      expect(server.tokens).toContain(token);
    });

    it.each(["Find", "Verify"])("sends declared exceptions of %s", async (method) => {
      const missing = await client.call(method, { what: "missing" });
      const value = { what: "missing", searched: (1n << 40n).toString(), near: { x: 1, y: -1 } };
      expect(missing.error).toMatchObject({ kind: "exception", name: "NotFound", value });
      const forbidden = await client.call(method, { what: "forbidden" });
      const denied = { reason: "not yours", missingRoles: ["owner", "admin"] };
      expect(forbidden.error).toMatchObject({ kind: "exception", name: "Denied", value: denied });
    });

    it("sends application exceptions, and goes on", async () => {
      expectApplication(await client.call("Fail", { message: "boom" }), 6, /^boom$/);
      const newer = await dial("NewJudge");
      // Without a header nobody knows which service is meant.
      expectApplication(await newer.call("Added", { text: "" }), 20, /unknown service .*method Added/);
      await newer.close();
      expect(await client.call("Ping", { text: "after" })).toEqual({ ok: "after" });
    });

    it("talks to an older peer, and as an older peer", async () => {
      const toOld = await dial("Judge", old);
      const echo = await toOld.call("EchoEverything", { request: toJson(full()) });
      const { medium, text, point, mustYes, mustLarge, mustText, mustList } = full();
      const known = { medium, text, point, mustYes, mustLarge, mustText, mustList };
      expect(old.received.at(-1)).toEqual(known);
      expect(echo.ok).toMatchObject({ medium, text, mustText });
      await toOld.close();

      const asOld = await dial("OldJudge");
      const request = { medium: 5, mustYes: true, mustLarge: "1", mustList: [], bytes: "of another type" };
      expectApplication(await asOld.call("EchoEverything", { request }), 7, /mustText/);
      const complete = { ...request, mustText: "m" };
      expect((await asOld.call("EchoEverything", { request: complete })).ok).toMatchObject({
        medium: 5,
        mustText: "m",
      });
      expect(server.received.at(-1)).toMatchObject({ medium: 5, bytes: [] });
      await asOld.close();
    });

    it.each([0, 1, 4096, 1024 * 1024])("carries %i bytes", async (size) => {
      const payload = payloadOf(size).toString("base64");
      const { ok } = await client.call("EchoBinary", { payload });
      expect(ok === payload).toBe(true);
    });

    it("answers pipelined calls in order", async () => {
      const calls = Array.from({ length: 500 }, (_, i) =>
        i % 5 === 0
          ? client.call("EchoBinary", { payload: payloadOf(20_000 + i).toString("base64") })
          : client.call("Ping", { text: `${i}` }),
      );
      const answers = await Promise.all(calls);
      const expected = answers.map((_, i) => (i % 5 === 0 ? payloadOf(20_000 + i).toString("base64") : `${i}`));
      expect(answers.map(({ ok }) => ok)).toEqual(expected);
    });
  });
});
