import type { MethodCodec, PayloadCodec } from "./spi/payload-codec.ts";

/** Whether one or both sides of a method send more than one message. Kitex: `serviceinfo.StreamingMode`. */
export type StreamingMode = "unary" | "client" | "server" | "bidirectional";

/** One method, as generated code describes it and every layer reads it. Kitex: `serviceinfo.MethodInfo`. */
export interface MethodInfo {
  /** As in the IDL and on the wire: `SayHello`. */
  readonly name: string;
  /** As on the client and the handler: `sayHello`. */
  readonly property: string;
  /** Names of the arguments in IDL order. One argument is passed as it is, several as an object of these names. */
  readonly argumentNames: readonly string[];
  readonly oneway: boolean;
  readonly streaming: StreamingMode;
  /** Encodes and decodes this method's messages; built on first use. */
  readonly codec: MethodCodec;
}

/**
 * A service, as generated code describes it. `Handler` is what a server implements, `Client` what `createClient` returns; both exist in the
 * types only. Kitex: `serviceinfo.ServiceInfo`.
 */
export interface ServiceInfo<Handler = unknown, Client = unknown> {
  /** The service's name in the IDL. */
  readonly serviceName: string;
  /** What precedes it in paths such as `/proxyless.GreetService/SayHello1`; empty without a namespace. */
  readonly packageName: string;
  readonly payloadCodec: PayloadCodec;
  readonly methods: readonly MethodInfo[];
  /** The same methods in other payload codecs: a server takes these too, on the same port, and answers in kind. A client never uses them. */
  readonly alsoAccepts?: readonly ServiceInfo[] | undefined;
  /** Carries the two types to inference; never present at run time. */
  readonly types?: { readonly handler: Handler; readonly client: Client };
}
