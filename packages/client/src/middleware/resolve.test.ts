import { type Endpoint, type MethodInfo, RPCError, type ServiceInfo, TransportProtocol } from "@kitex-ts/core";
import { Attempt, Call, type Resolver, sourced } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { instanceAt } from "../discovery/static-resolver.ts";
import { TargetCache } from "../discovery/target-cache.ts";
import { weightedRoundRobin } from "../load-balance/weighted-round-robin.ts";
import { resolveAndBalance } from "./resolve.ts";

const newAttempt = (): Attempt => {
  const target = {
    service: { serviceName: "Greet" } as ServiceInfo,
    method: { name: "SayHello" } as MethodInfo,
    destination: "greet",
    caller: "",
  };
  const settings = {
    rpcTimeoutMs: sourced(0, "default"),
    connectTimeoutMs: sourced(500, "default"),
    transportProtocol: TransportProtocol.TTHeader,
    tags: undefined,
    hostPort: undefined,
  };
  const call = new Call(target, settings, performance.now());
  return new Attempt(call, 1, [], Infinity, "rpc timeout", 0, call.cancelSlot);
};

/** Calls a service of so many instances, and tells which of them were asked. */
const callWith = async (
  instanceCount: number,
  isReachable: (asked: number) => boolean,
  avoided: readonly string[] = [],
): Promise<{ readonly asked: readonly string[]; readonly outcome: unknown }> => {
  const instances = Array.from({ length: instanceCount }, (_, index) => instanceAt(`10.0.0.${index + 1}:80`));
  const current = { version: "1", instances };
  const resolver: Resolver = {
    name: "fixed",
    target: () => "greet",
    open: () => ({ current, ready: () => Promise.resolve(current), close: () => {} }),
  };
  const asked: string[] = [];
  const next: Endpoint = (_request, ctx) => {
    asked.push((ctx as Attempt).instance?.address ?? "");
    if (isReachable(asked.length)) return Promise.resolve("answer");
    return Promise.reject(new RPCError("get_connection", "refused", { requestWritten: false }));
  };
  const cache = new TargetCache(resolver, undefined, weightedRoundRobin());
  const outcome = await resolveAndBalance(next, cache, {
    any: avoided.length > 0,
    has: (address) => avoided.includes(address),
  })("request", newAttempt()).catch((error: unknown) => error);
  cache.close();
  return { asked, outcome };
};

describe("resolveAndBalance()", () => {
  it("goes on to another instance when one cannot be connected to", async () => {
    const { asked, outcome } = await callWith(20, (count) => count === 5);
    expect(outcome).toBe("answer");
    expect(new Set(asked).size).toBe(5);
  });

  it("asks every instance once when there are few", async () => {
    const { asked, outcome } = await callWith(5, () => false);
    expect(new Set(asked).size).toBe(5);
    expect(outcome).toMatchObject({ kind: "no_more_instance", requestWritten: false });
    expect((outcome as Error).message).toContain("none of the 5 instances of greet could be connected to");
  });

  it("goes to an instance that is to be avoided only if no other can be connected to", async () => {
    for (let round = 0; round < 10; round++) {
      const one = await callWith(3, () => true, ["10.0.0.1:80", "10.0.0.3:80"]);
      expect(one).toEqual({ asked: ["10.0.0.2:80"], outcome: "answer" });
    }
    const none = await callWith(3, (count) => count === 3, ["10.0.0.1:80", "10.0.0.3:80"]);
    expect(none.asked[0]).toBe("10.0.0.2:80");
    expect(new Set(none.asked).size).toBe(3);
    expect(none.outcome).toBe("answer");
    expect(await callWith(1, () => true, ["10.0.0.1:80"])).toEqual({ asked: ["10.0.0.1:80"], outcome: "answer" });
  });

  it("asks no more than five of many, and says so", async () => {
    const { asked, outcome } = await callWith(20, () => false);
    expect(new Set(asked).size).toBe(5);
    expect(asked).toHaveLength(5);
    expect(outcome).toMatchObject({ kind: "no_more_instance", requestWritten: false, service: "greet" });
    expect((outcome as Error).message).toContain(
      "5 of the 20 instances of greet could not be connected to; an attempt asks no more than that",
    );
  });
});
