import { peerArguments } from "../../lib/arguments.ts";
import { Bench, framedBinary, thrift } from "./library.ts";

const server = thrift.createServer(
  Bench,
  {
    EchoSimple: (request, done) => done(null, request),
    EchoRich: (request, done) => done(null, request),
  },
  framedBinary,
);
server.listen(peerArguments().port, "127.0.0.1", () => process.stdout.write(`READY ${server.address().port}\n`));
process.on("SIGTERM", () => process.exit(0));
