import { createRequire } from "node:module";
import { peerArguments } from "../../lib/arguments.ts";

const require = createRequire(import.meta.url);
// The package and its generated code are CommonJS without types.
const thrift = require("thrift");
const Bench = require("./generated/Bench.cjs");

const server = thrift.createServer(
  Bench,
  {
    EchoSimple: (request: unknown, done: (error: null, reply: unknown) => void) => done(null, request),
    EchoRich: (request: unknown, done: (error: null, reply: unknown) => void) => done(null, request),
  },
  { transport: thrift.TFramedTransport, protocol: thrift.TBinaryProtocol },
);
server.listen(peerArguments().port, "127.0.0.1", () => process.stdout.write(`READY ${server.address().port}\n`));
process.on("SIGTERM", () => process.exit(0));
