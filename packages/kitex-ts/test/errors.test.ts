import { startTestServer } from "@kitex-ts/testing";
import { describe, expect, it } from "vitest";
import {
  ApplicationException,
  ApplicationExceptionType,
  BizStatusError,
  client,
  createClient,
  RPCError,
  server,
  TransportProtocol,
} from "../src/index.ts";
import { Denied, Lookup, NotFound, Probe, ProbeNext } from "./kitex_gen/probe/probe.ts";
import { errorOf, probeHandler, quiet, startProbe } from "./support/probe.ts";
import { eventually, Gate } from "./support/waiting.ts";

const protocols = Object.values(TransportProtocol);
const withHeader = protocols.filter((protocol) => protocol.startsWith("TTHeader"));
const withoutHeader = protocols.filter((protocol) => !protocol.startsWith("TTHeader"));

describe("a handler that fails", () => {
  it("is reported by the server's logger with the error itself, oneway calls too; answers are not", async () => {
    const reports: Readonly<Record<string, unknown>>[] = [];
    const boom = new TypeError("boom");
    await using probe = await startTestServer(
      Probe,
      probeHandler({
        reset: () => Promise.reject(boom),
        note: () => Promise.reject(boom),
        find: () => Promise.reject(new NotFound({ what: "x" })),
        now: () => Promise.reject(new BizStatusError(1, "no")),
      }),
      server.withLogger({ warn: () => {}, error: (fields, message) => void reports.push({ message, ...fields }) }),
    );
    await errorOf(probe.client.find("x"));
    await errorOf(probe.client.now());
    expect(reports).toEqual([]);
    await errorOf(probe.client.reset());
    await probe.client.note("x");
    await probe.client.echo({ text: "" });
    await eventually(() => reports.length === 2);
    for (const [index, method] of ["Reset", "Note"].entries()) {
      expect(reports[index]).toMatchObject({ message: "handler failed", service: "Probe", method });
      expect(reports[index]?.["error"]).toBe(boom);
      expect(reports[index]?.["peer"]).toMatch(/^127\.0\.0\.1:\d+$/);
    }
  });
});

describe("a business error", () => {
  for (const protocol of withHeader) {
    it(`arrives as thrown over ${protocol}`, async () => {
      await using probe = await startProbe(
        {
          find: async () => {
            throw new BizStatusError(-404, "kein Käse; 100%\n=&", { reason: "sold out", größe: "漢字" });
          },
          reset: async () => {
            throw new BizStatusError(2_147_483_647, "");
          },
        },
        client.withTransportProtocol(protocol),
      );
      const error = await errorOf(probe.client.find("x"));
      expect(error).toBeInstanceOf(BizStatusError);
      expect(error).toMatchObject({
        kind: "biz",
        code: -404,
        bizMessage: "kein Käse; 100%\n=&",
        extra: { reason: "sold out", größe: "漢字" },
      });
      expect(await errorOf(probe.client.reset())).toMatchObject({ code: 2_147_483_647, bizMessage: "", extra: {} });
    });
  }

  for (const protocol of withoutHeader) {
    it(`is an application exception over ${protocol}, which has no room for it`, async () => {
      await using probe = await startProbe(
        {
          find: async () => {
            throw new BizStatusError(404, "no such user");
          },
        },
        client.withTransportProtocol(protocol),
      );
      const error = await errorOf(probe.client.find("x"));
      expect(error).toBeInstanceOf(ApplicationException);
      expect(error).toMatchObject({ typeId: ApplicationExceptionType.internalError });
      expect(error.message).toContain("biz error: code=404, msg=no such user");
    });
  }

  it("passes through middleware of both sides as an error", async () => {
    const seen: string[] = [];
    const look = (name: string) =>
      client.withMiddleware((next) => async (request, ctx) => {
        try {
          return await next(request, ctx);
        } catch (error) {
          seen.push(`${name} ${(error as RPCError).kind}`);
          throw error;
        }
      });
    await using probe = await startProbe(
      {
        find: async () => {
          throw new BizStatusError(1, "x");
        },
      },
      look("client"),
      server.withMiddleware((next) => async (request, ctx) => {
        try {
          return await next(request, ctx);
        } catch (error) {
          seen.push(`server ${(error as RPCError).kind}`);
          throw error;
        }
      }),
    );
    await errorOf(probe.client.find("x"));
    expect(seen).toEqual(["server biz", "client biz"]);
  });

  it("of a wrong code is refused where it is made", () => {
    for (const code of [0, 1.5, 2 ** 31, Number.NaN]) expect(() => new BizStatusError(code, "x")).toThrow(RangeError);
  });
});

describe("a declared exception", () => {
  for (const protocol of protocols) {
    it(`arrives as its class over ${protocol}`, async () => {
      await using probe = await startProbe(
        {
          find: async (name) => {
            throw name === "denied" ? new Denied({ message: "not yours", code: 7 }) : new NotFound({ what: name });
          },
        },
        client.withTransportProtocol(protocol),
      );
      const notFound = (await errorOf(probe.client.find("x"))) as unknown;
      expect(notFound).toBeInstanceOf(NotFound);
      expect((notFound as NotFound).what).toBe("x");
      const denied = (await errorOf(probe.client.find("denied"))) as unknown;
      expect(denied).toBeInstanceOf(Denied);
      expect(denied).toMatchObject({ name: "Denied", message: "not yours", code: 7 });
      expect(denied).not.toBeInstanceOf(NotFound);
    });
  }

  it("thrown by a method that does not declare it is an ordinary failure", async () => {
    await using probe = await startProbe({
      reset: async () => {
        throw new Denied({ message: "not yours", code: 7 });
      },
    });
    expect(await errorOf(probe.client.reset())).toMatchObject({ typeId: 6, remoteMessage: "biz error: not yours" });
  });

  it("that cannot be encoded is an ordinary failure", async () => {
    await using probe = await startProbe({
      find: async () => {
        const error = new Denied({ message: "not yours", code: 7 });
        (error as { code: unknown }).code = "seven";
        throw error;
      },
    });
    expect(await errorOf(probe.client.find("x"))).toMatchObject({ kind: "remote_or_network", typeId: 6 });
    await probe.client.reset();
  });
});

describe("an application exception", () => {
  it("of a handler keeps its type id and text", async () => {
    await using probe = await startProbe({
      find: async () => {
        throw new ApplicationException(1234, "try the other entrance");
      },
    });
    const error = await errorOf(probe.client.find("x"));
    expect(error).toBeInstanceOf(ApplicationException);
    expect(error).toMatchObject({
      kind: "remote_or_network",
      typeId: 1234,
      remoteMessage: "try the other entrance",
      method: "Find",
      address: probe.address,
      requestWritten: true,
    });
  });

  for (const protocol of protocols) {
    it(`says over ${protocol} what the server does not know`, async () => {
      await using probe = await startProbe();
      await using next = createClient(ProbeNext, probe.address, client.withTransportProtocol(protocol));
      const error = await errorOf(next.added());
      expect(error).toMatchObject({ kind: "remote_or_network", typeId: ApplicationExceptionType.unknownService });
      expect(error.message).toContain("unknown service");
      expect(error.message).toContain("method Added");
      expect(await next.find("x")).toBe("found x");
    });
  }

  it("says unknown method where the service is known", async () => {
    const older = { ...Probe, methods: Probe.methods.filter(({ property }) => property === "find") } as typeof Probe;
    await using svr = await startProbeOf(older);
    await using probe = createClient(Probe, svr.address);
    const error = await errorOf(probe.now());
    expect(error).toMatchObject({
      typeId: ApplicationExceptionType.unknownMethod,
      remoteMessage: "unknown method Now (service Probe)",
    });
  });

  it("says unknown service where nothing fits, and finds the only one that does", async () => {
    await using probe = await startProbe();
    // Kitex' rule: an unknown service is no obstacle when only one service has the method.
    await using lookup = createClient(Lookup, probe.address);
    expect(await lookup.find("x")).toBe("found x");

    const two = startTwoServices();
    await using other = createClient(ProbeNext, await two.start());
    expect(await errorOf(other.find("x"))).toMatchObject({
      typeId: ApplicationExceptionType.unknownService,
      remoteMessage: "unknown service ProbeNext, method Find",
    });
    await two.stop();
  });

  it("does not disturb the connection", async () => {
    const peers = new Set<string | undefined>();
    await using probe = await startProbe({
      find: async (name, ctx) => {
        peers.add(ctx.rpcInfo.from.address);
        return name;
      },
    });
    await using next = createClient(ProbeNext, probe.address);
    await next.find("a");
    await Promise.all([errorOf(next.added()), next.find("b"), errorOf(next.added()), next.find("c")]);
    await next.find("d");
    expect(peers.size).toBe(1);
  });
});

const startProbeOf = async (service: typeof Probe): Promise<server.Server & { readonly address: string }> => {
  const svr = server.createServer(server.withServiceAddr("127.0.0.1:0"), quiet);
  await svr.registerService(service, probeHandler()).start();
  return svr as server.Server & { readonly address: string };
};

const startTwoServices = (): server.Server =>
  server
    .createServer(server.withServiceAddr("127.0.0.1:0"), quiet, server.withExitWaitTime(100))
    .registerService(Probe, probeHandler())
    .registerService(Lookup, { find: async (name) => `looked up ${name}` });

describe("two services with a method of the same name", () => {
  it("are told apart by name where a header carries it", async () => {
    const svr = startTwoServices();
    const address = await svr.start();
    await using probe = createClient(Probe, address);
    await using lookup = createClient(Lookup, address);
    expect(await probe.find("x")).toBe("found x");
    expect(await lookup.find("x")).toBe("looked up x");
    // Without one, the service registered first answers.
    await using framed = createClient(Lookup, address, client.withTransportProtocol("Framed"));
    expect(await framed.find("x")).toBe("found x");
    await Promise.all([framed, probe, lookup].map((each) => each[Symbol.asyncDispose]()));
    await svr.stop();
  });
});

/** What no linter would let us write, and JavaScript lets everybody do. */
const rejectWith = async (reason: unknown): Promise<never> => {
  const thrown = reason as Error;
  throw thrown;
};

const revokedProxy = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

class BrokenPromise<T> extends Promise<T> {
  // biome-ignore lint/suspicious/noThenProperty: a handler may return any thenable
  override then(): never {
    throw new Error("no waiting");
  }
}

describe("a handler", () => {
  const failures: Readonly<Record<string, { find(name: string): Promise<string>; text: string }>> = {
    "that rejects with a plain error": {
      find: () => Promise.reject(new Error("out of cheese")),
      text: "biz error: out of cheese",
    },
    "that throws at once": {
      find: () => {
        throw new Error("thrown");
      },
      text: "biz error: thrown",
    },
    "that throws what is no error": { find: () => rejectWith("a string"), text: "biz error: a string" },
    "that throws nothing": { find: () => rejectWith(undefined), text: "biz error: undefined" },
    "that throws what cannot be a string": {
      find: () => rejectWith(Object.create(null)),
      text: "what was thrown cannot be printed",
    },
    "that throws a proxy that was revoked": { find: () => rejectWith(revokedProxy()), text: "has been revoked" },
    "that returns a promise of a kind that cannot be waited for": {
      find: () => new BrokenPromise<string>(() => {}),
      text: "biz error: no waiting",
    },
    "that returns the wrong type": {
      find: async () => 5 as unknown as string,
      text: "expected string, got number",
    },
    "that returns nothing where something is due": {
      find: async () => undefined as unknown as string,
      text: "Find",
    },
    "that is refused": {
      find: () => Promise.reject(new RPCError("acl", "not you")),
      text: "request forbidden: not you",
    },
  };
  for (const [what, { find, text }] of Object.entries(failures)) {
    for (const [use, options] of [
      ["shared", []],
      ["exclusive", [client.withLongConnection()]],
      ["Framed", [client.withTransportProtocol("Framed")]],
    ] as const) {
      it(`${what} fails its call (${use} connection) and nothing else`, async () => {
        const peers = new Set<string | undefined>();
        await using probe = await startProbe(
          {
            find,
            join: async (left, _middle, _right, ctx) => {
              peers.add(ctx.rpcInfo.from.address);
              return left;
            },
          },
          ...options,
        );
        await probe.client.join("before", 1, true);
        const error = await errorOf(probe.client.find("x"));
        expect(error).toBeInstanceOf(ApplicationException);
        expect(error).toMatchObject({ kind: "remote_or_network", typeId: 6, method: "Find" });
        expect(error.message).toContain(text);
        expect(await probe.client.join("after", 1, true)).toBe("after");
        expect(peers.size).toBe(1);
      });
    }
  }

  it("that never answers leaves the other calls of its connection alone", async () => {
    const gate = new Gate();
    const peers = new Set<string | undefined>();
    await using probe = await startProbe({
      reset: () => gate.pass(),
      find: async (name, ctx) => {
        peers.add(ctx.rpcInfo.from.address);
        return name;
      },
    });
    await probe.client.find("first");
    const stuck = Array.from({ length: 50 }, () => probe.client.reset());
    const names = Array.from({ length: 500 }, (_, index) => `call ${index}`);
    expect(await Promise.all(names.map((name) => probe.client.find(name)))).toEqual(names);
    expect(peers.size).toBe(1);
    gate.open();
    await Promise.all(stuck);
  });

  it("that breaks its promise twice does so once", async () => {
    await using probe = await startProbe({
      find: (name) => {
        const thenable = {
          // biome-ignore lint/suspicious/noThenProperty: a handler may return any thenable
          then: (resolve: (value: string) => void, reject: (error: Error) => void) => {
            resolve(name);
            resolve("again");
            reject(new Error("and again"));
          },
        };
        return thenable as unknown as Promise<string>;
      },
    });
    expect(await Promise.all([probe.client.find("a"), probe.client.find("b")])).toEqual(["a", "b"]);
    await probe.client.reset();
  });

  it("may answer without a promise", async () => {
    await using probe = await startProbe({ find: ((name: string) => name) as never });
    expect(await probe.client.find("x")).toBe("x");
  });

  it("may be a class, and is called as its method", async () => {
    class Finder {
      readonly #prefix = "private";
      async find(name: string): Promise<string> {
        return `${this.#prefix} ${name}`;
      }
    }
    await using lookup = await startTestServer(Lookup, new Finder(), quiet);
    expect(await lookup.client.find("x")).toBe("private x");
  });
});

describe("a request", () => {
  it("of the wrong type fails before it is sent, and says where", async () => {
    await using probe = await startProbe();
    await probe.client.reset();
    const error = await errorOf(probe.client.echo({ text: 5 as unknown as string }));
    expect(error).toMatchObject({ kind: "payload_validation", requestWritten: false, method: "Echo" });
    expect(error.message).toContain("Message.text: expected string, got number");
    expect((await errorOf(probe.client.find(undefined as never))).kind).toBe("payload_validation");
    expect((await errorOf(probe.client.join("a", 2 ** 40, true))).kind).toBe("payload_validation");
    await probe.client.reset();
  });
});
