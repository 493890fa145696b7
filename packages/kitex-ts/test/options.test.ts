import { describe, expect, it } from "vitest";
import type { CallOption, Suite } from "../src/index.ts";
import { background, callopt, client, createClient, createServer, diagnosis, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { startProbe } from "./support/probe.ts";

const anywhere = "127.0.0.1:1";

describe("createClient()", () => {
  it("says what it wants when it is given something else", () => {
    for (const service of [undefined, null, {}, "Probe"]) {
      const create = () => createClient(service as never, anywhere);
      expect(create).toThrow(TypeError);
      expect(create).toThrow("createClient: a service from generated code, such as GreetService, is expected, got ");
    }
    for (const destination of [undefined, null, 8888, new URL("http://127.0.0.1:1")]) {
      const create = () => createClient(Probe, destination as never, client.withHostPorts(anywhere));
      expect(create).toThrow(TypeError);
      expect(create).toThrow(/^createClient, the destination .*: a string is expected, got /);
    }
  });
});

describe("a list of options", () => {
  it("skips falsy entries, in suites and for calls too", async () => {
    const suite: Suite<client.ClientOption> = {
      name: "bundle",
      options: () => [null, client.withTag("a", "1"), undefined, false],
    };
    const isProduction = process.env["NODE_ENV"] === "production";
    await using probe = await startProbe(
      {},
      isProduction && client.withRPCTimeout(1),
      client.withSuite(suite),
      null,
      undefined,
    );
    expect(diagnosis(probe.client).options).toEqual(["withSuite(bundle)"]);
    await probe.client.reset((isProduction && callopt.withRPCTimeout(1)) || callopt.withTag("a", "2"));
    await probe.client.reset(undefined as unknown as CallOption, false as unknown as CallOption);
  });

  it("of the wrong kind is refused where it stands", async () => {
    const forCall = callopt.withTag("a", "b") as never;
    const forServer = server.withExitSignal(false) as never;
    const forClient = client.withTag("a", "b") as never;
    expect(() => createClient(Probe, anywhere, forCall)).toThrow(
      "not a client option: call option withTag(a, b); client options are the values that client.with… functions return",
    );
    expect(() => createClient(Probe, anywhere, forServer)).toThrow(/server option withExitSignal\(false\)/);
    expect(() => createServer(forClient)).toThrow(/not a server option: client option withTag\(a, b\)/);
    expect(() => createClient(Probe, anywhere, client.withSuite({ name: "s", options: () => [forCall] }))).toThrow(
      /not a client option/,
    );
    await using probe = await startProbe();
    await expect(probe.client.reset(forClient)).rejects.toThrow(/not a call option: client option withTag\(a, b\)/);
    await expect(probe.client.reset({ timeout: 5 } as never)).rejects.toThrow(/not a call option/);
    await expect(probe.client.reset("fast" as never)).rejects.toThrow(/not a call option: fast/);
  });

  it("is applied in order, the last one counting, inside suites as well", () => {
    const slow: Suite<client.ClientOption> = { name: "slow", options: () => [client.withRPCTimeout(9000)] };
    const before = createClient(Probe, anywhere, client.withSuite(slow), client.withRPCTimeout(10));
    const after = createClient(Probe, anywhere, client.withRPCTimeout(10), client.withSuite(slow));
    expect(diagnosis(before).rpcTimeoutMs.value).toBe(10);
    expect(diagnosis(after).rpcTimeoutMs.value).toBe(9000);
  });

  it("may be shared and is not changed by use", () => {
    const shared = [client.withRPCTimeout(5), client.withTag("a", "b")] as const;
    const one = createClient(Probe, anywhere, ...shared, client.withRPCTimeout(6));
    const two = createClient(Probe, anywhere, ...shared);
    expect(diagnosis(one).rpcTimeoutMs.value).toBe(6);
    expect(diagnosis(two).rpcTimeoutMs.value).toBe(5);
    expect(Object.isFrozen(shared[0])).toBe(true);
  });
});

describe("a suite", () => {
  it("adds to both ends", async () => {
    const steps: string[] = [];
    await using probe = await startProbe(
      {},
      client.withSuite({
        name: "c",
        options: () => [
          client.withMiddleware((next) => (request, ctx) => {
            steps.push("client");
            return next(request, ctx);
          }),
        ],
      }),
      server.withSuite({
        name: "s",
        options: () => [
          server.withMiddleware((next) => (request, ctx) => {
            steps.push("server");
            return next(request, ctx);
          }),
        ],
      }),
    );
    await probe.client.reset();
    expect(steps).toEqual(["client", "server"]);
  });
});

describe("a wrong value", () => {
  const durations: Readonly<Record<string, (ms: number) => unknown>> = {
    "client.withRPCTimeout": client.withRPCTimeout,
    "client.withConnectTimeout": client.withConnectTimeout,
    "callopt.withRPCTimeout": callopt.withRPCTimeout,
    "callopt.withConnectTimeout": callopt.withConnectTimeout,
    "server.withReadTimeout": server.withReadTimeout,
    "server.withExitWaitTime": server.withExitWaitTime,
  };
  for (const [name, option] of Object.entries(durations)) {
    it(`of ${name} is refused at once, by name`, () => {
      const shortName = name.slice(name.indexOf(".") + 1);
      for (const wrong of [-1, Number.NaN, Infinity, "500", undefined, null] as number[]) {
        expect(() => option(wrong), String(wrong)).toThrow(RangeError);
        expect(() => option(wrong), String(wrong)).toThrow(shortName);
      }
      expect(() => option(0)).not.toThrow();
    });
  }

  it("of a protocol names those there are", () => {
    for (const wrong of ["GRPC", "ttheader", "toString", undefined] as never[]) {
      expect(() => client.withTransportProtocol(wrong)).toThrow(/one of PurePayload, Framed, TTHeader, TTHeaderFramed/);
    }
  });

  it("of a limit is refused", () => {
    for (const wrong of [0, -5, 1.5, Number.NaN, Infinity, 2 ** 31, 2 ** 40, "5" as never]) {
      expect(() => client.withMaxMessageSize(wrong), String(wrong)).toThrow(RangeError);
      expect(() => server.withLimit({ maxMessageBytes: wrong }), String(wrong)).toThrow(RangeError);
    }
    expect(() => server.withLimit({ maxMessageBytes: 0 })).toThrow(
      "withLimit: maxMessageBytes must be a number of bytes, an integer from 1 to 2147483647, got 0",
    );
    for (const name of ["maxConnections", "maxRequestsPerConnection"] as const) {
      for (const wrong of [0, -5, 1.5, Number.NaN, -Infinity, "5" as never, undefined as never]) {
        expect(() => server.withLimit({ [name]: wrong }), `${name} ${wrong}`).toThrow(RangeError);
        expect(() => server.withLimit({ [name]: wrong }), `${name} ${wrong}`).toThrow(name);
      }
      for (const right of [1, 5, 2 ** 40, Infinity]) expect(() => server.withLimit({ [name]: right })).not.toThrow();
    }
    for (const right of [1, 2 ** 31 - 1]) {
      expect(() => client.withMaxMessageSize(right)).not.toThrow();
      expect(() => server.withLimit({ maxMessageBytes: right })).not.toThrow();
    }
  });

  it("of a name is refused", () => {
    for (const wrong of [{}, undefined, null, { serviceName: 5 }, { ServiceName: "a" }] as never[]) {
      expect(() => client.withClientBasicInfo(wrong)).toThrow(/withClientBasicInfo: serviceName: a string is expected/);
    }
    expect(() => client.withClientBasicInfo({ serviceName: "" })).not.toThrow();
  });

  it("of a tag is refused", () => {
    for (const wrong of [undefined, null, 5, {}] as never[]) {
      expect(() => client.withHostPorts("127.0.0.1:1", wrong)).toThrow(
        /withHostPorts: an address: a string is expected/,
      );
      expect(() => callopt.withHostPort(wrong)).toThrow(/callopt.withHostPort: a string is expected/);
      expect(() => server.withServiceAddr(wrong)).toThrow(/withServiceAddr: a string is expected/);
      expect(() => client.withTag(wrong, "b")).toThrow(/client.withTag: key: a string is expected/);
      expect(() => client.withTag("a", wrong)).toThrow(/client.withTag: value of a: a string is expected/);
      expect(() => callopt.withTag(wrong, "b")).toThrow(/callopt.withTag: key: a string is expected/);
      expect(() => callopt.withTag("a", wrong)).toThrow(/callopt.withTag: value of a: a string is expected/);
    }
  });

  it("of an unknown limit is refused", () => {
    expect(() => server.withLimit({ maxQPS: 5 } as never)).toThrow(/maxQPS/);
  });

  it("of a pool is refused when the client is made", () => {
    const make = (settings: object) => () => createClient(Probe, anywhere, client.withLongConnection(settings));
    expect(make({ maxIdlePerAddress: -1 })).toThrow(/maxIdlePerAddress/);
    expect(make({ maxIdle: 5 })).toThrow(
      "withLongConnection: there is no setting maxIdle; there are maxIdlePerAddress, maxIdleGlobal, maxIdleTimeoutMs",
    );
    expect(make({ connection: "mux" })).toThrow(/there is no setting connection/);
    expect(make({ maxIdleTimeoutMs: 0 })).toThrow(/maxIdleTimeoutMs/);
  });

  it("of a connection that the protocol cannot have is refused", () => {
    const make = () =>
      createClient(Probe, anywhere, client.withMuxConnection(), client.withTransportProtocol("Framed"));
    expect(make).toThrow(/Framed cannot be multiplexed/);
  });

  it("of a destination says what can be given", () => {
    for (const wrong of ["", "greet", "greet:http", "127.0.0.1:0", "127.0.0.1:65536", "a b:80", "::1:80", ":80"]) {
      expect(() => createClient(Probe, wrong), wrong).toThrow(/service_discovery|service discovery error/);
    }
    for (const right of ["greet:80", "127.0.0.1:65535", "[::1]:80", "unix:/run/greet.sock"]) {
      expect(() => createClient(Probe, right), right).not.toThrow();
    }
    expect(() => createClient(Probe, "greet", client.withHostPorts("127.0.0.1:80"))).not.toThrow();
    expect(() => createClient(Probe, "greet", client.withHostPorts("nope"))).toThrow(/"nope" is no address/);
  });

  it("of a function that is missing is refused at once", () => {
    expect(() => client.withMiddleware(undefined as never)).toThrow(TypeError);
    expect(() => client.withInstanceMiddleware({} as never)).toThrow(TypeError);
    expect(() => server.withMiddleware("log" as never)).toThrow(TypeError);
    expect(() => client.withResolver(undefined as never)).toThrow(TypeError);
    expect(() => client.withLoadBalancer(null as never)).toThrow(TypeError);
    expect(() => client.withSuite(undefined as never)).toThrow(TypeError);
    expect(() => client.withXDSSuite({} as never)).toThrow(TypeError);
    expect(() => server.withLogger({} as never)).toThrow(TypeError);
    expect(() => callopt.withSignal({} as never)).toThrow(TypeError);
    expect(() => callopt.withContext({} as never)).toThrow(TypeError);
    expect(() => callopt.withContext(background())).not.toThrow();
  });
});
