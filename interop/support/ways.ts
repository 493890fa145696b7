import type { GoTransport } from "./go-peer.ts";

/** One way to reach a server: what the bytes look like, and how connections are used. */
export interface Way {
  readonly transport: GoTransport;
  readonly connections: "short" | "long" | "mux";
}

const transports: readonly GoTransport[] = ["PurePayload", "Framed", "TTHeader", "TTHeaderFramed"];

export const hasHeader = ({ transport }: Way): boolean => transport.startsWith("TTHeader");

/** Every transport with every use of connections that it allows; named for test titles. */
export const ways: readonly (Way & { readonly name: string })[] = transports
  .flatMap((transport) => (["short", "long", "mux"] as const).map((connections) => ({ transport, connections })))
  .filter((way) => way.connections !== "mux" || hasHeader(way))
  .map((way) => ({ ...way, name: `${way.transport}, ${way.connections}` }));
