import type { TransportProtocol } from "./transport-protocol.ts";

/** One end of a call. Kitex: `rpcinfo.EndpointInfo`. */
export interface EndpointInfo {
  /** Discovery name (`to`) or the caller's own name (`from`); empty when unknown. */
  readonly serviceName: string;
  readonly method: string;
  /** `host:port`, a socket path, or undefined while not known. */
  readonly address: string | undefined;
  /** Who the caller has proven to be by its certificate: the URI in it, such as `spiffe://…`. On servers, for `from`. */
  readonly identity?: string | undefined;
  tag(key: string): string | undefined;
}

/** Which method of which service is called. Kitex: `rpcinfo.Invocation`. */
export interface Invocation {
  readonly packageName: string;
  /** The service's name in the IDL. */
  readonly serviceName: string;
  /** The method's name in the IDL, as on the wire. */
  readonly methodName: string;
  readonly sequenceId: number;
}

/** The settings in force for this call, all sources resolved. Kitex: `rpcinfo.RPCConfig`. */
export interface RPCConfig {
  /** Milliseconds; 0 means no limit. */
  readonly rpcTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly transportProtocol: TransportProtocol;
}

/** What has been measured so far. Kitex: `rpcinfo.RPCStats`. */
export interface RPCStats {
  /** Monotonic milliseconds at which the call began. */
  readonly startedAt: number;
  /** Bytes of the message as sent, headers included; 0 while unknown, and on servers, which encode the answer when all who could ask are done. */
  readonly sendSize: number;
  /** Bytes of the message as received, headers included; 0 while unknown. */
  readonly recvSize: number;
}

/** Everything about a call that middleware may want to read. Kitex: `rpcinfo.RPCInfo`. */
export interface RPCInfo {
  readonly from: EndpointInfo;
  readonly to: EndpointInfo;
  readonly invocation: Invocation;
  readonly config: RPCConfig;
  readonly stats: RPCStats;
}

const nowhere: EndpointInfo = Object.freeze({ serviceName: "", method: "", address: undefined, tag: () => undefined });

/** For contexts outside any call. */
export const unknownRPCInfo: RPCInfo = Object.freeze({
  from: nowhere,
  to: nowhere,
  invocation: Object.freeze({ packageName: "", serviceName: "", methodName: "", sequenceId: 0 }),
  config: Object.freeze({ rpcTimeoutMs: 0, connectTimeoutMs: 0, transportProtocol: "TTHeader" as const }),
  stats: Object.freeze({ startedAt: 0, sendSize: 0, recvSize: 0 }),
});
