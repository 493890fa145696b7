import { fileURLToPath } from "node:url";
import { loadPackageDefinition, makeGenericClientConstructor, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { bench as messages } from "../../codec/generated/rich.js";

/** From the .proto when the program starts, as in grpc-js' own examples: replies are plain objects. */
const loaded = (): ServiceClientConstructor => {
  const path = fileURLToPath(import.meta.resolve("#idl/bench.proto"));
  const definition = loadSync(path, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true });
  return (loadPackageDefinition(definition)["bench"] as unknown as { readonly Bench: ServiceClientConstructor }).Bench;
};

/** With code that protobufjs printed ahead of time: its messages, without a conversion. */
const printed = (): ServiceClientConstructor => {
  const method = (name: string, type: (typeof messages)["Simple"]) => {
    const serialize = (message: object): Buffer => type.encode(message).finish() as Buffer;
    const deserialize = (bytes: Buffer): object => type.decode(bytes);
    return {
      path: `/bench.Bench/${name}`,
      originalName: name,
      requestStream: false,
      responseStream: false,
      requestSerialize: serialize,
      requestDeserialize: deserialize,
      responseSerialize: serialize,
      responseDeserialize: deserialize,
    };
  };
  const methods = { EchoSimple: method("EchoSimple", messages.Simple), EchoRich: method("EchoRich", messages.Rich) };
  return makeGenericClientConstructor(methods, "Bench");
};

export const benchService = (variant: string): ServiceClientConstructor =>
  variant === "static" ? printed() : loaded();
