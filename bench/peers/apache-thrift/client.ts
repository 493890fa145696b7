import { createRequire } from "node:module";
import { peerArguments } from "../../lib/arguments.ts";
import { checkSize, runLoad } from "../../lib/load.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";

const require = createRequire(import.meta.url);
const thrift = require("thrift");
const Int64 = require("node-int64");
const Bench = require("./generated/Bench.cjs");
const types = require("./generated/bench_types.cjs");

const options = peerArguments();
const connection = thrift.createConnection("127.0.0.1", options.port, {
  transport: thrift.TFramedTransport,
  protocol: thrift.TBinaryProtocol,
});
const bench = thrift.createClient(Bench, connection);
const int64 = (value: bigint): unknown => new Int64(Buffer.from(value.toString(16).padStart(16, "0"), "hex"));

if (options.payload === "rich") {
  const { id, ts, nested, refs, attrs, blob } = richValue;
  const request = new types.Rich({
    ...richValue,
    id: int64(id),
    ts: int64(ts),
    blob: Buffer.from(blob),
    attrs: Object.fromEntries(attrs),
    nested: new types.Nested({ ...nested, id: int64(nested.id) }),
    refs: refs.map(int64),
  });
  await runLoad(options, async () => {
    const reply = await bench.EchoRich(request);
    checkSize(reply.note.length + reply.tags.length + Object.keys(reply.attrs).length, 140);
  });
} else {
  const request = new types.Simple(simpleValue(options.payload));
  await runLoad(options, async () => {
    const reply = await bench.EchoSimple(request);
    checkSize(reply.msg.length, request.msg.length);
  });
}
process.exit(0);
