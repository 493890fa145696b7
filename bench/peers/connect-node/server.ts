import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Bench } from "../../generated/protobuf-es/bench_pb.ts";
import { peerArguments } from "../../lib/arguments.ts";

const adapter = connectNodeAdapter({
  routes: (router) => {
    router.service(Bench, { echoSimple: (request) => request, echoRich: (request) => request });
  },
});
const server = createServer(adapter);
server.listen(peerArguments().port, "127.0.0.1", () => {
  process.stdout.write(`READY ${(server.address() as AddressInfo).port}\n`);
});
process.on("SIGTERM", () => process.exit(0));
