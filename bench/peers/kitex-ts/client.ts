import { client, createClient } from "kitex-ts";
import { Bench, type Rich } from "../../kitex_gen/bench/bench.ts";
import { peerArguments } from "../../lib/arguments.ts";
import { checkSize, runLoad } from "../../lib/load.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";

const options = peerArguments();
// As in production: with a timeout.
const bench = createClient(Bench, `127.0.0.1:${options.port}`, client.withRPCTimeout(10_000));
if (options.payload === "rich") {
  const request = richValue as unknown as Rich;
  await runLoad(options, async () => {
    const reply = await bench.echoRich(request);
    checkSize(reply.note.length + reply.tags.length + reply.attrs.size, 140);
  });
} else {
  const request = simpleValue(options.payload);
  await runLoad(options, async () => {
    const reply = await bench.echoSimple(request);
    checkSize(reply.msg.length, request.msg.length);
  });
}
process.exit(0);
