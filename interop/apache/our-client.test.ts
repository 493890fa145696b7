import { ApplicationException, closeClient, createClient, TransportError } from "kitex-ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { payloadOf } from "../support/payload.ts";
import type { PeerServer } from "../support/peer.ts";
import {
  Defaults,
  Everything,
  Judge,
  type JudgeClient,
  Keyed,
  NewJudge,
  NotFound,
  OldJudge,
} from "./kitex_gen/judge/judge.ts";
import { Denied } from "./kitex_gen/shared/shared.ts";
import { full, keyed, sparse } from "./support/everything.ts";
import { fullFor, judges } from "./support/judges.ts";
import { inProtocol, ourOptions, ways } from "./support/ways.ts";

const cases = judges.flatMap((judge) => ways.map((way) => ({ judge, way, name: `${judge.name}, ${way.name}` })));

describe.each(cases)("our client, server of $name", ({ judge, way }) => {
  let server: PeerServer;
  let client: JudgeClient & AsyncDisposable;
  beforeAll(async () => {
    server = await judge.startServer(way);
    client = createClient(inProtocol(way, Judge), server.address, ...ourOptions(way));
  });
  afterAll(async () => {
    await closeClient(client);
    expect(await server.stop()).toBe("ended with status 0");
  });

  it("sends and gets back a value of every type", async () => {
    const most = fullFor(way, judge);
    expect(await client.echoEverything(most)).toEqual(Everything.create(most));
    const { point, ...rest } = Everything.create(sparse());
    expect(await client.echoEverything(sparse())).toEqual(rest);
    expect(point).toBeUndefined();
  });

  if (judge.hasAnyKey)
    it("sends and gets back keys of every type", async () => {
      expect(await client.echoKeyed(keyed())).toEqual(Keyed.create(keyed()));
    });

  it("agrees on default values", async () => {
    const defaults = Defaults.create({ must: 3 });
    expect(await client.makeDefaults()).toEqual(defaults);
    expect(await client.echoDefaults({ must: 3 })).toEqual(defaults);
    const zeros = {
      yes: false,
      number: 0,
      large: 0n,
      real: 0,
      text: "",
      color: 0,
      names: [],
      scores: new Map(),
      maybeNumber: 0,
      maybeText: "",
      maybeNumbers: [],
      must: 0,
      digits: new Set<number>(),
    };
    expect(await client.echoDefaults(zeros)).toEqual(zeros);
  });

  it("calls methods of every shape", async () => {
    expect(await client.ping("inherited")).toBe("inherited");
    expect(await client.join("a", -2, ["b", "c"], true)).toBe("a/-2/b,c/true");
    expect(await client.nothing()).toBeUndefined();
    expect(await client.find("it")).toBe("found it");
    expect(await client.verify("it")).toBeUndefined();
  });

  it("sends oneway calls", async () => {
    expect(await client.notify("one")).toBeUndefined();
    await server.notified("one");
    expect(await client.ping("after")).toBe("after");
  });

  it.each(["find", "verify"] as const)("gets declared exceptions of %s as their classes", async (method) => {
    const missing = await client[method]("missing").catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(NotFound);
    expect(missing).toMatchObject({ what: "missing", searched: 1n << 40n, near: { x: 1, y: -1 } });
    const forbidden = await client[method]("forbidden").catch((error: unknown) => error);
    expect(forbidden).toBeInstanceOf(Denied);
    expect(forbidden).toMatchObject({ reason: "not yours", missingRoles: ["owner", "admin"] });
  });

  it("learns that a handler failed", async () => {
    const error = await client.fail("boom").catch((thrown: unknown) => thrown);
    if (judge.undeclared === undefined) {
      expect(error).toBeInstanceOf(TransportError);
      expect(error).toMatchObject({ code: "connection_closed", requestWritten: true });
    } else {
      expect(error).toBeInstanceOf(ApplicationException);
      expect(error).toMatchObject({ typeId: judge.undeclared, remoteMessage: "boom" });
    }
    expect(await client.ping("after")).toBe("after");
  });

  it("learns that a method is not there, and goes on", async () => {
    await using newer = createClient(inProtocol(way, NewJudge), server.address, ...ourOptions(way));
    for (const text of ["a", "b"]) {
      const error = await newer.added(text).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ApplicationException);
      expect(error).toMatchObject({ typeId: judge.unknownMethod });
      expect(await client.ping(text)).toBe(text);
    }
  });

  it("talks to an older peer, and as an older peer", async () => {
    await using old = await judge.startServer(way, "OldJudge");
    await using toOld = createClient(inProtocol(way, Judge), old.address, ...ourOptions(way));
    const known = { medium: 5, text: "t", mustYes: true, mustLarge: 1n, mustText: "m", mustList: [1] };
    const answer = await toOld.echoEverything({ ...full(), ...known, point: { x: 1, y: 2 } });
    expect(answer).toEqual(Everything.create({ ...known, point: { x: 1, y: 2 } }));

    await using asOld = createClient(inProtocol(way, OldJudge), server.address, ...ourOptions(way));
    const request = { ...known, bytes: "of another type" };
    expect(await asOld.echoEverything(request)).toEqual(known);
  });

  it.each([0, 1, 4096, 1024 * 1024])("carries %i bytes", async (size) => {
    const payload = payloadOf(size);
    expect(Buffer.compare(await client.echoBinary(payload), payload)).toBe(0);
  });

  it("has two hundred calls in flight", async () => {
    const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
    expect(await Promise.all(texts.map((text) => client.ping(text)))).toEqual(texts);
  });
});
