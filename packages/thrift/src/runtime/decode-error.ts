import { ProtocolException, RPCError } from "@kitex-ts/core";
import { ThriftException } from "../thrift-exception.ts";

/** What decoding threw, as what leaves this package: engine limits such as the size of a `Map` come as plain errors. */
export const decodeError = (structName: string, error: unknown): unknown => {
  if (error instanceof RPCError || error instanceof ThriftException) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ProtocolException("size_limit", `${structName}: ${text}`, { cause: error });
};
