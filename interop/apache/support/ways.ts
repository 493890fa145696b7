import { client } from "kitex-ts";

/** How a message is carried, and how its payload is written. */
export interface Way {
  readonly transport: "PurePayload" | "Framed";
  readonly protocol: "Binary";
}

const transports = ["PurePayload", "Framed"] as const;
const protocols = ["Binary"] as const;

/** What the judges and we have in common; named for test titles. */
export const ways: readonly (Way & { readonly name: string })[] = protocols.flatMap((protocol) =>
  transports.map((transport) => ({ transport, protocol, name: `${protocol}, ${transport}` })),
);

/** The same for a client of ours. */
export const ourOptions = ({ transport }: Way): client.ClientOption[] => [
  client.withTransportProtocol(transport),
  client.withLongConnection({ maxIdlePerAddress: 100, maxIdleGlobal: 100 }),
  // A machine that runs a test suite on every core may take longer than the default.
  client.withConnectTimeout(5000),
  client.withRPCTimeout(30_000),
];
