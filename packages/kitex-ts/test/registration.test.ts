import { describe, expect, it } from "vitest";
import { createServer, server } from "../src/index.ts";
import { Lookup, Probe } from "./kitex_gen/probe/probe.ts";
import { probeHandler, quiet } from "./support/probe.ts";

const make = (): server.Server => createServer(server.withServiceAddr("127.0.0.1:0"), quiet);

describe("registerService()", () => {
  it("refuses a handler that lacks methods, and names them", () => {
    const { echo, find, ...rest } = probeHandler();
    expect(() => make().registerService(Probe, rest as Probe)).toThrow(
      "the handler of Probe lacks echo, find; implement them or take it out of the IDL",
    );
    expect(() => make().registerService(Probe, { ...probeHandler(), find: "no" } as never)).toThrow(/lacks find/);
    expect(echo).toBeTypeOf("function");
    expect(find).toBeTypeOf("function");
  });

  it("refuses what is no handler and no service", () => {
    const handlers: readonly [unknown, string][] = [
      [undefined, "undefined"],
      [null, "null"],
      ["probe", "string"],
    ];
    for (const [handler, kind] of handlers) {
      const register = () => make().registerService(Probe, handler as never);
      expect(register).toThrow(TypeError);
      expect(register).toThrow(/^the handler of Probe: an object with the functions .*echo.* is expected, got /);
      expect(register).toThrow(`is expected, got ${kind}`);
    }
    for (const service of [undefined, null, {}, "Probe", { serviceName: "Probe" }]) {
      const register = () => make().registerService(service as never, probeHandler());
      expect(register).toThrow(TypeError);
      expect(register).toThrow(
        "registerService: a service from generated code, such as GreetService, is expected, got ",
      );
    }
  });

  it("refuses a service twice", () => {
    const svr = make().registerService(Probe, probeHandler());
    expect(() => svr.registerService(Probe, probeHandler())).toThrow("service Probe is registered already");
    expect(() => svr.registerService(Lookup, probeHandler())).not.toThrow();
  });

  it("refuses services once the server runs, and a server without any", async () => {
    const empty = make();
    await expect(empty.start()).rejects.toMatchObject({
      kind: "internal_exception",
      message: expect.stringContaining(
        "no service to serve; call registerService(GreetService, handler) first",
      ) as string,
    });
    const svr = make().registerService(Probe, probeHandler());
    await svr.start();
    expect(() => svr.registerService(Lookup, probeHandler())).toThrow(/register Lookup before the server starts/);
    await svr.stop();
    expect(() => svr.registerService(Lookup, probeHandler())).toThrow(/before the server starts/);
  });

  it("takes the service after a refusal", async () => {
    const svr = make();
    expect(() => svr.registerService(Probe, {} as never)).toThrow(TypeError);
    await svr.registerService(Probe, probeHandler()).start();
    await svr.stop();
  });
});
