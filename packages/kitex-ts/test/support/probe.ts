import type { OptionEntry } from "@kitex-ts/core";
import { startTestServer, type TestServer } from "@kitex-ts/testing";
import { client, type RPCError, server } from "../../src/index.ts";
import { Probe, type ProbeClient } from "../kitex_gen/probe/probe.ts";

/** Reports nothing: most of these tests break something on purpose. */
export const quiet: server.ServerOption = server.withLogger({ warn: () => {}, error: () => {} });

/** A handler of all methods, with those of `own` in place of the ordinary ones. */
export const probeHandler = (own: Partial<Probe> = {}): Probe => ({
  echo: async (message) => message,
  find: async (name) => `found ${name}`,
  join: async (left, middle, right) => `${left}/${middle}/${right}`,
  now: async () => 0n,
  reset: async () => {},
  note: async () => {},
  ...own,
});

/** A server of {@link probeHandler} and its client. */
export const startProbe = (
  own: Partial<Probe> = {},
  ...options: readonly OptionEntry<client.ClientOption | server.ServerOption>[]
): Promise<TestServer<ProbeClient>> => startTestServer(Probe, probeHandler(own), quiet, ...options);

/** One client option per way of putting calls on connections. */
export const connectionUses: Readonly<Record<string, readonly client.ClientOption[]>> = {
  auto: [],
  long: [client.withLongConnection()],
  short: [client.withShortConnection()],
};

/** The error that `call` ends with. */
export const errorOf = async (call: Promise<unknown>): Promise<RPCError> => {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    return error as RPCError;
  }
  throw new Error(`the call succeeded with ${String(value)}`);
};
