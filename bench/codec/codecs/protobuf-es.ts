import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { RichSchema, SimpleSchema } from "../../generated/protobuf-es/bench_pb.ts";
import type { MakeOperations, Operations } from "../codec.ts";
import { protobufjs } from "./protobufjs.ts";

const operations = <Schema extends DescMessage>(schema: Schema, bytes: Uint8Array): Operations => {
  const message: MessageShape<Schema> = fromBinary(schema, bytes);
  return {
    bytes: bytes.length,
    encode: () => toBinary(schema, message),
    decode: () => fromBinary(schema, bytes),
    echo: () => toBinary(schema, fromBinary(schema, bytes)),
  };
};

export const protobufEs: MakeOperations = (payload) => {
  const bytes = protobufjs(payload).encode() as Uint8Array;
  return payload === "rich" ? operations(RichSchema, bytes) : operations(SimpleSchema, bytes);
};
