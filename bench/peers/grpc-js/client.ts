import { credentials, type ServiceError } from "@grpc/grpc-js";
import { peerArguments } from "../../lib/arguments.ts";
import { type RichReply, runEcho, type SimpleReply } from "../../lib/echo.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";
import { benchService } from "./service.ts";

type Unary<Message> = (request: Message, done: (error: ServiceError | null, reply: Message) => void) => void;
interface BenchClient {
  EchoSimple: Unary<SimpleReply>;
  EchoRich: Unary<RichReply>;
}

const options = peerArguments();
const Bench = benchService(options.variant);
// Static code writes any 64-bit integer; proto-loader's conversions want text.
const int64 = (value: bigint): string | number => (options.variant === "static" ? Number(value) : String(value));

const richMessage = {
  ...richValue,
  id: int64(richValue.id),
  ts: int64(richValue.ts),
  blob: Buffer.from(richValue.blob),
  attrs: Object.fromEntries(richValue.attrs),
  nested: { ...richValue.nested, id: int64(richValue.nested.id) },
  refs: richValue.refs.map(int64),
};

await runEcho(
  options,
  { simple: (): SimpleReply => simpleValue(options.payload), rich: (): RichReply => richMessage },
  () => {
    // Clients of one process share a connection otherwise.
    const bench = new Bench(`127.0.0.1:${options.port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    }) as unknown as BenchClient;
    return {
      echoSimple: (request) =>
        new Promise((resolve, reject) => {
          bench.EchoSimple(request, (error, reply) => (error === null ? resolve(reply) : reject(error)));
        }),
      echoRich: (request) =>
        new Promise((resolve, reject) => {
          bench.EchoRich(request, (error, reply) => (error === null ? resolve(reply) : reject(error)));
        }),
    };
  },
);
process.exit(0);
