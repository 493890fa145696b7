// One codec with one message, in a process of its own: code that others have run through would not be the code that is measured.
//   node bench/codec/case.ts <codec> <payload>
import type { Payload } from "../lib/arguments.ts";
import type { MakeOperations } from "./codec.ts";
import { measure } from "./measure.ts";

const codecs: Readonly<Record<string, () => Promise<MakeOperations>>> = {
  "kitex-ts": async () => (await import("./codecs/kitex-ts.ts")).kitexTs,
  "kitex-ts-aot": async () => (await import("./codecs/kitex-ts-aot.ts")).kitexTsAot,
  protobufjs: async () => (await import("./codecs/protobufjs.ts")).protobufjs,
  "protobuf-es": async () => (await import("./codecs/protobuf-es.ts")).protobufEs,
  json: async () => (await import("./codecs/json.ts")).json,
  "apache-thrift": async () => (await import("./codecs/apache-thrift.ts")).apacheThrift,
};

const [codec = "", payload = ""] = process.argv.slice(2);
const make = codecs[codec];
if (make === undefined) throw new Error(`no codec ${codec}; there are ${Object.keys(codecs).join(", ")}`);
const { bytes, ...operations } = (await make())(payload as Payload);
const times = measure({ ...operations }, { rounds: 5, roundMs: 50 });
process.stdout.write(`${JSON.stringify({ bytes, ...times })}\n`);
