import type { MethodInfo, ServiceInfo, StreamingMode } from "@kitex-ts/core";
import type { MethodCodec, PayloadCodec } from "@kitex-ts/core/spi";
import type { Annotations, FieldTuple, FieldType } from "./field-type.ts";
import { binaryMessages, compactMessages, type MessageProtocol } from "./message/message-protocol.ts";
import { type MethodCodecs, type MethodShape, ThriftMethodCodec } from "./message/method-codec.ts";
import { thriftCodec } from "./message/thrift-codec.ts";
import { thriftCompactCodec } from "./message/thrift-compact-codec.ts";
import { propertyName } from "./property-name.ts";

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
  readonly #protocol: MessageProtocol;
  #codec: MethodCodec | undefined = undefined;

  constructor(property: string, definition: MethodDefinition, protocol: MessageProtocol) {
    this.name = definition.name;
    this.property = property;
    this.argumentNames = definition.args.map(([, name, type]) => propertyName(name, "struct", type));
    this.oneway = definition.oneway ?? false;
    this.streaming = definition.streaming ?? "unary";
    this.definition = definition;
    this.#protocol = protocol;
  }

  get codec(): MethodCodec {
    this.#codec ??= new ThriftMethodCodec(methodShape(this.definition), this.#protocol);
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
      ...Object.entries(this.#definition.methods).map(
        ([property, method]) => new Method(property, method, binaryMessages),
      ),
    ];
    return this.#methods;
  }
}

class CompactService implements ServiceInfo {
  readonly serviceName: string;
  readonly packageName: string;
  readonly payloadCodec: PayloadCodec = thriftCompactCodec;
  readonly alsoAccepts: readonly ServiceInfo[];
  readonly #binary: ServiceInfo;
  #methods: readonly MethodInfo[] | undefined = undefined;

  constructor(binary: ServiceInfo) {
    this.serviceName = binary.serviceName;
    this.packageName = binary.packageName;
    this.alsoAccepts = [binary];
    this.#binary = binary;
  }

  get methods(): readonly MethodInfo[] {
    this.#methods ??= this.#binary.methods.map((method) => {
      if (!isThriftMethod(method)) throw new TypeError(`${this.serviceName}.${method.name} is no Thrift method`);
      return new Method(method.property, method.definition, compactMessages);
    });
    return this.#methods;
  }
}

/** @internal */
export const isThriftMethod = (method: MethodInfo): method is ThriftMethodInfo => "definition" in method;

/**
 * `service` in Thrift Compact: messages are smaller, and Apache Thrift peers that use `TCompactProtocol` understand them. Kitex does not.
 * A client made from the result speaks Compact; a server that registers it accepts Compact and Binary on the same port, and answers each in kind.
 *
 * @example
 * const greet = createClient(compact(GreetService), "greet", withTransportProtocol("Framed"), withHostPorts("10.0.0.7:9090"));
 * createServer(withServiceAddr(":9090")).registerService(compact(GreetService), handler);
 *
 * @throws TypeError when `service` is not described by a Thrift IDL
 */
export const compact = <Handler, Client>(service: ServiceInfo<Handler, Client>): ServiceInfo<Handler, Client> => {
  if (service.payloadCodec === thriftCompactCodec) return service;
  if (service.payloadCodec !== thriftCodec) {
    throw new TypeError(
      `service ${service.serviceName} speaks ${service.payloadCodec.name}, which has no Compact form`,
    );
  }
  return new CompactService(service);
};

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
