import { peerArguments } from "../../lib/arguments.ts";
import { runEcho } from "../../lib/echo.ts";
import { Bench, framedBinary, thrift } from "./library.ts";
import { apacheRich, apacheSimple } from "./messages.ts";

const options = peerArguments();

await runEcho(options, { simple: () => apacheSimple(options.payload), rich: apacheRich }, () => {
  const bench = thrift.createClient(Bench, thrift.createConnection("127.0.0.1", options.port, framedBinary));
  return {
    echoSimple: (request) => bench.EchoSimple(request),
    echoRich: (request) => bench.EchoRich(request),
  };
});
process.exit(0);
