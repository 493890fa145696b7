import { createServer, server } from "kitex-ts";
import { Bench } from "../../kitex_gen/bench/bench.ts";
import { peerArguments } from "../../lib/arguments.ts";
import { serverCertificates } from "./certificates.ts";
import { variantOf } from "./variants.ts";

const options = peerArguments();
const variant = variantOf(options.variant);
const certificates = variant.isSecure ? serverCertificates() : undefined;
const svr = createServer(
  server.withServiceAddr(`127.0.0.1:${options.port}`),
  certificates && server.withTLS({ cert: certificates.cert, key: certificates.key }),
  ...variant.server,
).registerService(Bench, {
  echoSimple: (request) => Promise.resolve(request),
  echoRich: (request) => Promise.resolve(request),
});
const port = (await svr.start()).split(":").at(-1) as string;
certificates?.publish(port);
process.stdout.write(`READY ${port}\n`);
process.on("SIGTERM", () => process.exit(0));
