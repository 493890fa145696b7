import {
  ApplicationException,
  callopt,
  client,
  closeClient,
  createClient,
  diagnosis,
  RPCError,
  type server,
  TransportError,
} from "kitex-ts";
import { Interop } from "../kitex_gen/interop/interop.ts";
import { goDial, ourOptions } from "./dial-options.ts";
import { type GoClients, type GoDial, type GoServerOptions, startGoServer } from "./go-peer.ts";
import { startOurServer } from "./our-server.ts";
import type { Way } from "./ways.ts";

/** A failed call, with a word for its kind that does not change: of ours `kind/code`, of Kitex the text of its basic error. */
export class CallFailure extends Error {
  readonly class: string;

  constructor(kind: string, text: string) {
    super(`${kind}: ${text}`);
    this.class = kind;
  }
}

/** A client of either language. Calls reject with a {@link CallFailure}. */
export interface Caller {
  /** Answers with its argument. */
  ping(text: string, timeoutMs?: number): Promise<string>;
  /** Answers with its argument after so many milliseconds. */
  sleep(milliseconds: number, timeoutMs?: number): Promise<number>;
  /** Answers with `text` once `count` calls of this group are in flight. */
  gather(group: string, count: number, text: string): Promise<string>;
  /** Calls in flight and waiting, as far as the client tells. */
  pending(): number;
  /** Lets calls in flight end. */
  close(): Promise<void>;
}

/** A server of either language. */
export interface Served {
  readonly address: string;
  /** Stops gracefully. */
  stop(): Promise<void>;
}

export type Direction = "our client, Go server" | "Go client, our server" | "our client, our server";

export interface PairOptions {
  /** CRC-32C on both sides. */
  readonly checksum?: boolean;
  readonly clientOptions?: readonly client.ClientOption[];
  readonly serverOptions?: readonly server.ServerOption[];
}

/** Who calls whom. */
export interface Pair {
  readonly direction: Direction;
  serve(way: Way, options?: PairOptions): Promise<Served>;
  dial(address: string, way: Way, options?: PairOptions): Promise<Caller>;
}

/** All directions; those with a Kitex client use the process that `goClients` answers. */
export const pairs = (goClients: () => GoClients): readonly Pair[] => [
  { direction: "our client, Go server", serve: serveGo, dial: dialOurs },
  { direction: "Go client, our server", serve: serveOurs, dial: (...args) => dialGo(goClients(), ...args) },
  { direction: "our client, our server", serve: serveOurs, dial: dialOurs },
];

const serveGo = async ({ connections }: Way, { checksum = false }: PairOptions = {}): Promise<Served> => {
  const options: GoServerOptions = { mux: connections === "mux", checksum };
  const running = await startGoServer(options);
  return {
    address: running.address,
    stop: async () => {
      const end = await running.stop();
      if (end !== "ended with status 0") throw new Error(`kitex-server ${end}`);
    },
  };
};

const serveOurs = async (_way: Way, { checksum = false, serverOptions = [] }: PairOptions = {}): Promise<Served> => {
  const running = await startOurServer({ checksum, options: serverOptions });
  return { address: running.address, stop: async () => running[Symbol.asyncDispose]() };
};

const dialOurs = async (
  addresses: string,
  way: Way,
  { checksum = false, clientOptions = [] }: PairOptions = {},
): Promise<Caller> => {
  const interop = createClient(
    Interop,
    "interop",
    client.withHostPorts(...addresses.split(",")),
    ...ourOptions(way),
    ...clientOptions,
    checksum && client.withPayloadChecksum(),
  );
  const within = (timeoutMs: number | undefined) =>
    timeoutMs === undefined ? [] : [callopt.withRPCTimeout(timeoutMs)];
  return {
    ping: (text, timeoutMs) => classified(interop.ping(text, ...within(timeoutMs))),
    sleep: (milliseconds, timeoutMs) => classified(interop.sleep(milliseconds, ...within(timeoutMs))),
    gather: (group, count, text) => classified(interop.gather(group, count, text)),
    pending: () => pendingOf(diagnosis(interop).transport as ClientTransportDiagnosis),
    close: () => closeClient(interop),
  };
};

/** The part of a client's diagnosis that is looked at here. */
interface ClientTransportDiagnosis {
  readonly addresses: readonly { readonly callsInFlight: number; readonly callsWaiting: number }[];
}

const pendingOf = ({ addresses }: ClientTransportDiagnosis): number =>
  addresses.reduce((sum, { callsInFlight, callsWaiting }) => sum + callsInFlight + callsWaiting, 0);

const classified = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof RPCError)) throw error;
    const code =
      error instanceof TransportError
        ? `/${error.code}`
        : error instanceof ApplicationException
          ? `/application exception ${error.typeId}`
          : "";
    throw new CallFailure(error.kind + code, error.message);
  }
};

const dialGo = async (
  clients: GoClients,
  address: string,
  way: Way,
  { checksum = false }: PairOptions = {},
): Promise<Caller> => {
  const dial: GoDial = { ...goDial(address, way), checksum };
  const interop = await clients.dial(dial);
  const call = async <T>(method: string, args: Parameters<typeof interop.call>[1], timeoutMs?: number): Promise<T> => {
    const { ok, error } = await interop.call(method, args, timeoutMs === undefined ? {} : { timeoutMs });
    if (error === undefined) return ok as T;
    if (error.class === undefined) throw new Error(`a failure that Kitex does not classify: ${error.message}`);
    throw new CallFailure(error.class, error.message);
  };
  return {
    ping: (text, timeoutMs) => call("Ping", { text }, timeoutMs),
    sleep: (milliseconds, timeoutMs) => call("Sleep", { milliseconds }, timeoutMs),
    gather: (group, count, text) => call("Gather", { group, count, text }),
    pending: () => 0,
    close: () => interop.close(),
  };
};

/** Kinds of failures as each side's caller sees them. */
export const failureClasses = (direction: Direction) =>
  direction === "Go client, our server"
    ? { timeout: "rpc timeout", lost: "remote or network error", validation: "payload validation error" }
    : {
        timeout: "rpc_timeout",
        lost: "remote_or_network/connection_closed",
        validation: "payload_validation/payload_validation",
      };
