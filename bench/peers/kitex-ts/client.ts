import { createClient } from "kitex-ts";
import { Bench, Rich, type Simple } from "../../kitex_gen/bench/bench.ts";
import { peerArguments } from "../../lib/arguments.ts";
import { runEcho } from "../../lib/echo.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";
import { variantOf } from "./variants.ts";

const options = peerArguments();
const { client, call } = variantOf(options.variant);

await runEcho<Simple, Rich>(
  options,
  { simple: () => simpleValue(options.payload), rich: () => Rich.create(richValue) },
  () => {
    const bench = createClient(Bench, `127.0.0.1:${options.port}`, ...client);
    if (call === undefined) return bench;
    return {
      echoSimple: (request) => bench.echoSimple(request, call()),
      echoRich: (request) => bench.echoRich(request, call()),
    };
  },
);
process.exit(0);
