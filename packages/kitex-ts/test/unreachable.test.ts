import { describe, expect, it } from "vitest";
import { callopt, client, createClient, createServer, type Middleware, type RPCError, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { closedAddress, rawServer } from "./support/peers.ts";
import { errorOf, probeHandler, quiet, startProbe } from "./support/probe.ts";

describe("a destination that", () => {
  it("refuses is named, with what to look at", async () => {
    const address = await closedAddress();
    await using probe = createClient(Probe, address);
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({
      kind: "get_connection",
      code: "connection_refused",
      service: address,
      method: "Reset",
      address,
      requestWritten: false,
    });
    expect(error.message).toBe(`get connection error: nothing listens at ${address}`);
  });

  it("has no such host name is named", async () => {
    // Too long for a label: every resolver refuses it without asking anybody.
    const address = `${"no-such-host".repeat(6)}.invalid:80`;
    await using probe = createClient(Probe, address, client.withConnectTimeout(4000));
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({ kind: "get_connection", address, requestWritten: false });
    expect(error.message).toContain(address);
  });

  it("cannot be routed to is named", async () => {
    // Reserved for ever: no system has a route to it.
    const address = "255.255.255.255:80";
    await using probe = createClient(Probe, address);
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({ kind: "get_connection", address, requestWritten: false });
    expect(error.message).toContain(address);
  });

  it("closes every connection at once fails its calls without end of tries", async () => {
    await using closing = await rawServer((socket) => socket.destroy());
    await using probe = createClient(Probe, closing.address);
    const error = await errorOf(probe.reset());
    expect(["remote_or_network", "get_connection"]).toContain(error.kind);
    expect(error.address).toBe(closing.address);
    expect(closing.sockets.length).toBeLessThan(20);
  });

  it("has another instance does not slow down the calls that this one answers", async () => {
    const dead = await closedAddress();
    await using living = await startProbe();
    const asked = new Map<string | undefined, number>();
    const count: Middleware = (next) => (request, ctx) => {
      const { address } = ctx.rpcInfo.to;
      asked.set(address, (asked.get(address) ?? 0) + 1);
      return next(request, ctx);
    };
    await using probe = createClient(
      Probe,
      "probe",
      client.withHostPorts(dead, living.address),
      client.withInstanceMiddleware(count),
    );
    for (let call = 0; call < 500; call++) expect(await probe.find("x")).toBe("found x");
    expect(asked.get(living.address)).toBe(500);
    // Every second call would have gone there first, and waited for as long as the address is left alone.
    expect(asked.get(dead)).toBeGreaterThan(0);
    expect(asked.get(dead)).toBeLessThan(100);
  });

  it("comes up later is reached, by the same client", async () => {
    const address = await closedAddress();
    await using probe = createClient(Probe, address);
    expect((await errorOf(probe.reset())).kind).toBe("get_connection");
    await using svr = createServer(server.withServiceAddr(address), quiet).registerService(Probe, probeHandler());
    await svr.start();
    expect(await probe.find("x")).toBe("found x");
  });

  it("goes and comes back is reached again", async () => {
    const make = (at: string) => createServer(server.withServiceAddr(at), quiet).registerService(Probe, probeHandler());
    const first = make("127.0.0.1:0");
    const address = await first.start();
    await using probe = createClient(Probe, address);
    await probe.reset();
    await first.stop();
    expect((await errorOf(probe.reset())).kind).toBe("get_connection");
    await using second = make(address);
    await second.start();
    expect(await probe.find("x")).toBe("found x");
  });

  it("fails for many callers fails each of them with its own error", async () => {
    const address = await closedAddress();
    await using probe = createClient(Probe, address);
    const errors = await Promise.all(Array.from({ length: 30 }, () => errorOf(probe.find("x"))));
    expect(new Set(errors).size).toBe(30);
    for (const error of errors) expect(error).toMatchObject({ kind: "get_connection", method: "Find" });
  });
});

describe("one of several instances", () => {
  it("that does not answer the door is skipped, every time", async () => {
    const dead = await closedAddress();
    await using alive = await startProbe({ find: async () => "alive" });
    await using probe = createClient(Probe, "svc", client.withHostPorts(dead, alive.address));
    for (let index = 0; index < 10; index++) expect(await probe.find("x")).toBe("alive");
    expect(await Promise.all(Array.from({ length: 50 }, () => probe.find("x")))).toEqual(Array(50).fill("alive"));
  });

  it("that dies between calls is skipped from then on", async () => {
    const handler = (name: string): Partial<Probe> => ({ find: async () => name });
    const dying = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(
      Probe,
      probeHandler(handler("dying")),
    );
    const first = await dying.start();
    await using second = await startProbe(handler("staying"));
    await using probe = createClient(Probe, "svc", client.withHostPorts(first, second.address));
    const before = await Promise.all(Array.from({ length: 20 }, () => probe.find("x")));
    expect(new Set(before)).toEqual(new Set(["dying", "staying"]));
    await dying.stop();
    for (let index = 0; index < 10; index++) expect(await probe.find("x")).toBe("staying");
  });

  it("shows to middleware of instances, try by try", async () => {
    const dead = await closedAddress();
    await using alive = await startProbe();
    const tried: (string | undefined)[] = [];
    await using probe = createClient(
      Probe,
      "svc",
      client.withHostPorts(dead, alive.address),
      client.withInstanceMiddleware((next) => (request, ctx) => {
        tried.push(ctx.rpcInfo.to.address);
        return next(request, ctx);
      }),
    );
    await probe.reset();
    await probe.reset();
    expect(tried.filter((address) => address === alive.address)).toHaveLength(2);
    expect(new Set(tried)).toEqual(new Set([dead, alive.address]));
  });

  it("is not asked again when the request may have arrived", async () => {
    let accepted = 0;
    await using closing = await rawServer((socket) => {
      socket.on("data", () => {
        accepted++;
        socket.destroy();
      });
    });
    await using alive = await startProbe();
    await using probe = createClient(Probe, "svc", client.withHostPorts(closing.address, alive.address));
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => probe.reset()));
    const failed = results.filter((result) => result.status === "rejected");
    expect(accepted).toBeGreaterThan(0);
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed) {
      expect(reason as RPCError).toMatchObject({ kind: "remote_or_network", requestWritten: true });
    }
  });

  it("and all the others: each is tried once, the last reason is kept", async () => {
    const addresses = await Promise.all([closedAddress(), closedAddress(), closedAddress()]);
    await using probe = createClient(Probe, "svc", client.withHostPorts(...addresses));
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({ kind: "no_more_instance", service: "svc", requestWritten: false });
    expect(error.message).toContain("none of the 3 instances");
    expect(error.cause).toMatchObject({ kind: "get_connection" });
  });

  it("does not lengthen a call beyond its timeout", async () => {
    const dead = await closedAddress();
    await using silent = await rawServer();
    await using probe = createClient(Probe, "svc", client.withHostPorts(dead, silent.address));
    expect((await errorOf(probe.reset(callopt.withRPCTimeout(30)))).kind).toBe("rpc_timeout");
  });
});

describe("a resolver", () => {
  const resolver = (ready: () => Promise<never>) => ({
    name: "own",
    target: () => "target-7",
    open: () => ({ current: undefined, ready, close: () => {} }),
  });

  it("without instances says for what", async () => {
    const empty = { version: "1", instances: [] };
    const none = {
      name: "own",
      target: () => "target-7",
      open: () => ({ current: empty, ready: async () => empty, close: () => {} }),
    };
    await using probe = createClient(Probe, "svc", client.withResolver(none));
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({ kind: "service_discovery", service: "svc", method: "Reset" });
    expect(error.message).toContain("no instance available for target-7");
  });

  it("that fails with an error of its own is told from the rest", async () => {
    const cause = new Error("registry on fire");
    await using probe = createClient(Probe, "svc", client.withResolver(resolver(() => Promise.reject(cause))));
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({ kind: "service_discovery", service: "svc" });
    expect(error.message).toContain("registry on fire");
    expect(error.cause).toBe(cause);
  });

  it("that throws instead of answering is told too", async () => {
    const broken = {
      name: "own",
      target: (): string => {
        throw new Error("no target");
      },
      open: () => {
        throw new Error("not reached");
      },
    };
    await using probe = createClient(Probe, "svc", client.withResolver(broken));
    expect(await errorOf(probe.reset())).toMatchObject({
      kind: "service_discovery",
      message: expect.stringContaining("no target") as string,
    });
  });

  it("that says it is ready and is not is told so", async () => {
    await using probe = createClient(Probe, "svc", client.withResolver(resolver(async () => undefined as never)));
    expect(await errorOf(probe.reset())).toMatchObject({
      kind: "service_discovery",
      message: expect.stringContaining("target-7") as string,
    });
  });

  it("is closed with its client", async () => {
    let closed = 0;
    const snapshot = { version: "1", instances: [{ address: await closedAddress(), weight: 1, tags: new Map() }] };
    const closing = {
      name: "own",
      target: () => "t",
      open: () => ({
        current: snapshot,
        ready: async () => snapshot,
        close: () => {
          closed++;
        },
      }),
    };
    const probe = createClient(Probe, "svc", client.withResolver(closing));
    await errorOf(probe.reset());
    await client.closeClient(probe);
    expect(closed).toBe(1);
  });
});

describe("a balancer", () => {
  it("that throws is told from the rest", async () => {
    const broken = {
      name: "broken",
      update: () => ({
        pick: () => {
          throw new Error("cannot choose");
        },
      }),
    };
    await using probe = createClient(Probe, await closedAddress(), client.withLoadBalancer(broken));
    expect(await errorOf(probe.reset())).toMatchObject({
      kind: "loadbalance",
      message: expect.stringContaining("cannot choose") as string,
    });
  });

  it("hears once of every pick how it ended", async () => {
    const outcomes: unknown[] = [];
    const listening = {
      name: "listening",
      update: (snapshot: { instances: readonly { address: string; weight: number; tags: Map<string, string> }[] }) => ({
        pick: () => snapshot.instances[0],
        done: (_attempt: unknown, { error }: { error: unknown }) => {
          outcomes.push((error as RPCError | undefined)?.kind);
        },
      }),
    };
    await using probe = await startProbe(
      {
        find: async () => {
          throw new Error("no");
        },
      },
      client.withLoadBalancer(listening as never),
    );
    await probe.client.reset();
    await errorOf(probe.client.find("x"));
    await errorOf(probe.client.echo({ text: 5 as never }));
    expect(outcomes).toEqual([undefined, "remote_or_network", "payload_validation"]);
  });
});
