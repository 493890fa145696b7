import { client } from "kitex-ts";
import type { GoDial, GoTransport } from "./go-peer.ts";

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

/** The same for a Kitex client. */
export const goDial = (address: string, { transport, connections }: Way): GoDial => ({
  address,
  transport,
  caller: "tester",
  ...(connections === "mux" ? { mux: true } : { pool: connections }),
});

/** The same for a client of ours. */
export const ourOptions = ({ transport, connections }: Way): client.ClientOption[] => [
  client.withTransportProtocol(transport),
  connections === "mux"
    ? client.withMuxConnection()
    : connections === "short"
      ? client.withShortConnection()
      : client.withLongConnection({ maxIdlePerAddress: 1000, maxIdleGlobal: 1000 }),
  client.withClientBasicInfo({ serviceName: "tester" }),
  // A machine that runs a test suite on every core may take longer than the default.
  client.withConnectTimeout(5000),
  client.withRPCTimeout(30_000),
];
