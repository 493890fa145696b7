import type { MethodInfo, ServiceInfo, StreamingMode } from "@kitex-ts/core";
import type { MethodCodec, PayloadCodec } from "@kitex-ts/core/spi";
import type { Annotations, FieldTuple, FieldType } from "./field-type.ts";
import { type MethodCodecs, type MethodShape, ThriftMethodCodec } from "./message/method-codec.ts";
import { thriftCodec } from "./message/thrift-codec.ts";

/** A method, as generated code writes it down. */
export interface MethodDefinition {
  /** As in the IDL and on the wire. */
  readonly name: string;
  readonly args: readonly FieldTuple[];
  readonly result: FieldType | "void";
  /** Declared exceptions; the types are thunks of exception classes. */
  readonly throws?: readonly FieldTuple[] | undefined;
  readonly oneway?: boolean | undefined;
  readonly streaming?: StreamingMode | undefined;
  readonly annotations?: Annotations | undefined;
  /** Code printed ahead of time by `emitCodecModule`. */
  readonly codecs?: MethodCodecs | undefined;
}

/** A service, as generated code writes it down. */
export interface ServiceDefinition {
  readonly serviceName: string;
  readonly packageName: string;
  /** The service this one extends; its methods come first. */
  readonly extends?: (() => ServiceInfo) | undefined;
  /** By the names that client and handler use. */
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

/** A Thrift method: what {@link MethodInfo} tells every layer, and its parts for those who know Thrift. */
export interface ThriftMethodInfo extends MethodInfo {
  readonly definition: MethodDefinition;
}

class Method implements ThriftMethodInfo {
  readonly name: string;
  readonly property: string;
  readonly argumentNames: readonly string[];
  readonly oneway: boolean;
  readonly streaming: StreamingMode;
  readonly definition: MethodDefinition;
  #codec: MethodCodec | undefined = undefined;

  constructor(property: string, definition: MethodDefinition) {
    this.name = definition.name;
    this.property = property;
    this.argumentNames = definition.args.map(([, name]) => name);
    this.oneway = definition.oneway ?? false;
    this.streaming = definition.streaming ?? "unary";
    this.definition = definition;
  }

  get codec(): MethodCodec {
    this.#codec ??= new ThriftMethodCodec(methodShape(this.definition));
    return this.#codec;
  }
}

/** @internal */
export const methodShape = (definition: MethodDefinition): MethodShape => ({
  name: definition.name,
  args: definition.args,
  result: definition.result,
  throws: definition.throws ?? [],
  oneway: definition.oneway ?? false,
  codecs: definition.codecs,
});

class Service implements ServiceInfo {
  readonly serviceName: string;
  readonly packageName: string;
  readonly payloadCodec: PayloadCodec = thriftCodec;
  readonly #definition: ServiceDefinition;
  #methods: readonly MethodInfo[] | undefined = undefined;

  constructor(definition: ServiceDefinition) {
    this.serviceName = definition.serviceName;
    this.packageName = definition.packageName;
    this.#definition = definition;
  }

  /** Made when first asked for: the base service may stand in a file that is not loaded yet. */
  get methods(): readonly MethodInfo[] {
    this.#methods ??= [
      ...(this.#definition.extends?.().methods ?? []),
      ...Object.entries(this.#definition.methods).map(([property, method]) => new Method(property, method)),
    ];
    return this.#methods;
  }
}

/**
 * Describes a service of the IDL to client and server. Generated code calls it; codecs are made when a method is first used.
 *
 * @example
 * export const GreetService: ServiceInfo<GreetService, GreetServiceClient> = serviceInfo({
 *   serviceName: "GreetService", packageName: "proxyless",
 *   methods: { sayHello: { name: "SayHello", args: [[1, "request", () => HelloRequest]], result: () => HelloResponse } },
 * });
 */
export const serviceInfo = <Handler, Client>(definition: ServiceDefinition): ServiceInfo<Handler, Client> =>
  new Service(definition);
