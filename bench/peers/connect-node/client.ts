import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import {
  Bench,
  NestedSchema,
  type Rich,
  RichSchema,
  type Simple,
  SimpleSchema,
} from "../../generated/protobuf-es/bench_pb.ts";
import { peerArguments } from "../../lib/arguments.ts";
import { runEcho } from "../../lib/echo.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";

const options = peerArguments();
const baseUrl = `http://127.0.0.1:${options.port}`;

const rich = (): Rich =>
  create(RichSchema, {
    ...richValue,
    tags: [...richValue.tags],
    attrs: Object.fromEntries(richValue.attrs),
    nested: create(NestedSchema, richValue.nested),
    refs: [...richValue.refs],
  });

await runEcho<Simple, Rich>(options, { simple: () => create(SimpleSchema, simpleValue(options.payload)), rich }, () => {
  const transport =
    options.variant === "grpc"
      ? createGrpcTransport({ baseUrl })
      : createConnectTransport({ baseUrl, httpVersion: "2" });
  const bench = createClient(Bench, transport);
  return { echoSimple: (request) => bench.echoSimple(request), echoRich: (request) => bench.echoRich(request) };
});
process.exit(0);
