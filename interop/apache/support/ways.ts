import { compact } from "@kitex-ts/thrift";
import { client, type ServiceInfo } from "kitex-ts";

/** How a message is carried, and how its payload is written. */
export interface Way {
  readonly transport: "PurePayload" | "Framed";
  readonly protocol: "Binary" | "Compact";
}

const transports = ["PurePayload", "Framed"] as const;
const protocols = ["Binary", "Compact"] as const;

/** What the judges and we have in common; named for test titles. */
export const ways: readonly (Way & { readonly name: string })[] = protocols.flatMap((protocol) =>
  transports.map((transport) => ({ transport, protocol, name: `${protocol}, ${transport}` })),
);

/** The service as a client of ours speaks it. */
export const inProtocol = <Handler, Client>(
  { protocol }: Way,
  service: ServiceInfo<Handler, Client>,
): ServiceInfo<Handler, Client> => (protocol === "Compact" ? compact(service) : service);

/** The same for a client of ours. */
export const ourOptions = ({ transport }: Way): client.ClientOption[] => [
  client.withTransportProtocol(transport),
  client.withLongConnection({ maxIdlePerAddress: 100, maxIdleGlobal: 100 }),
  // A machine that runs a test suite on every core may take longer than the default.
  client.withConnectTimeout(5000),
  client.withRPCTimeout(30_000),
];
