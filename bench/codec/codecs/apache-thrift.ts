import { type ThriftStruct, thrift, types } from "../../peers/apache-thrift/library.ts";
import { apacheRich, apacheSimple } from "../../peers/apache-thrift/messages.ts";
import type { MakeOperations } from "../codec.ts";

/** Framed binary, as its servers use it. */
export const apacheThrift: MakeOperations = (payload) => {
  const Type = payload === "rich" ? types.Rich : types.Simple;
  const encode = (message: ThriftStruct): Buffer => {
    let bytes: Buffer | undefined;
    const transport = new thrift.TFramedTransport(undefined, (frame) => {
      bytes = frame;
    });
    message.write(new thrift.TBinaryProtocol(transport));
    transport.flush();
    return bytes as unknown as Buffer;
  };
  const frame = encode(payload === "rich" ? apacheRich() : apacheSimple(payload));
  // A frame without its length is what the transport keeps.
  const body = frame.subarray(4);
  const decode = (): ThriftStruct => {
    const message = new Type();
    message.read(new thrift.TBinaryProtocol(new thrift.TFramedTransport(body)));
    return message;
  };
  // What came from the wire encodes faster than what a user made: the rule for an echo.
  const decoded = decode();
  return { bytes: frame.length, encode: () => encode(decoded), decode, echo: () => encode(decode()) };
};
