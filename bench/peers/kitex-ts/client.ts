import { client, createClient } from "kitex-ts";
import { Bench, Rich, type Simple } from "../../kitex_gen/bench/bench.ts";
import { peerArguments } from "../../lib/arguments.ts";
import { runEcho } from "../../lib/echo.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";
import { authorityOf } from "./certificates.ts";
import { variantOf } from "./variants.ts";

const options = peerArguments();
const { client: clientOptions, call, isSecure } = variantOf(options.variant);
const security = isSecure && client.withTLS({ ca: authorityOf(options.port) });

await runEcho<Simple, Rich>(
  options,
  { simple: () => simpleValue(options.payload), rich: () => Rich.create(richValue) },
  () => {
    const bench = createClient(Bench, `127.0.0.1:${options.port}`, security, ...clientOptions);
    if (call === undefined) return bench;
    return {
      echoSimple: (request) => bench.echoSimple(request, call()),
      echoRich: (request) => bench.echoRich(request, call()),
    };
  },
);
process.exit(0);
