import { createServer, server } from "kitex-ts";
import { Bench } from "../../kitex_gen/bench/bench.ts";
import { peerArguments } from "../../lib/arguments.ts";
import { variantOf } from "./variants.ts";

const options = peerArguments();
const svr = createServer(
  server.withServiceAddr(`127.0.0.1:${options.port}`),
  ...variantOf(options.variant).server,
).registerService(Bench, {
  echoSimple: (request) => Promise.resolve(request),
  echoRich: (request) => Promise.resolve(request),
});
process.stdout.write(`READY ${(await svr.start()).split(":").at(-1)}\n`);
process.on("SIGTERM", () => process.exit(0));
