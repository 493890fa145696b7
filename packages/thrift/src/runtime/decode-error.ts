import { ProtocolException, RPCError } from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import { ThriftException } from "../thrift-exception.ts";

/** What decoding threw, as what leaves this package: engine limits such as the size of a `Map` come as plain errors. */
export const decodeError = (structName: string, error: unknown): unknown => {
  if (error instanceof RPCError || error instanceof ThriftException) return error;
  return new ProtocolException("size_limit", `${structName}: ${messageOf(error)}`, { cause: error });
};
