import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The part of the package that is used here; it is CommonJS without types. */
interface ThriftLibrary {
  readonly TFramedTransport: new (input?: Buffer, onFlush?: (frame: Buffer) => void) => { flush(): void };
  readonly TBinaryProtocol: new (transport: object) => object;
  createConnection(host: string, port: number, options: object): object;
  createClient(service: unknown, connection: object): ThriftClient;
  createServer(
    service: unknown,
    handler: Readonly<Record<string, (request: unknown, done: (error: null, reply: unknown) => void) => void>>,
    options: object,
  ): {
    listen(port: number, host: string, listening: () => void): void;
    address(): { readonly port: number };
  };
}

/** What the Thrift compiler makes of the service. */
export interface ThriftClient {
  EchoSimple(request: ThriftSimple): Promise<ThriftSimple>;
  EchoRich(request: ThriftRich): Promise<ThriftRich>;
}
export interface ThriftStruct {
  write(protocol: object): void;
  read(protocol: object): void;
}
export interface ThriftSimple extends ThriftStruct {
  readonly action: string;
  readonly msg: string;
}
export interface ThriftRich extends ThriftStruct {
  readonly note: string;
  readonly tags: readonly string[];
}

type Struct<T> = new (fields?: object) => T;
interface Types {
  readonly Simple: Struct<ThriftSimple>;
  readonly Rich: Struct<ThriftRich>;
  readonly Nested: Struct<object>;
}

export const thrift = require("thrift") as ThriftLibrary;
// By the package's own name for them, which holds wherever this file is bundled to.
export const Bench: unknown = require("#apache-thrift/Bench.cjs");
export const types = require("#apache-thrift/bench_types.cjs") as Types;
const Int64 = require("node-int64") as new (bytes: Buffer) => object;

export const int64 = (value: bigint): object => new Int64(Buffer.from(value.toString(16).padStart(16, "0"), "hex"));

export const framedBinary = { transport: thrift.TFramedTransport, protocol: thrift.TBinaryProtocol };
