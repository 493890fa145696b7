import { client } from "kitex-ts";
import type { GoDial } from "./go-peer.ts";
import type { Way } from "./ways.ts";

/** A {@link Way} for a Kitex client. */
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
