// As `kitex-ts gen` prints it from
//   namespace js greet
//   struct HelloRequest { 1: string message  2: optional i32 times = 1 }
//   struct HelloResponse { 1: string message  2: i64 served }
//   exception NotFound { 1: string message }
//   service GreetService {
//     HelloResponse SayHello(1: HelloRequest request) throws (1: NotFound notFound)
//     i32 Add(1: i32 a, 2: i32 b)
//     void Reset()
//     oneway void Note(1: string text)
//   }
import type { CallOption, Context, ServiceInfo } from "@kitex-ts/core";
import {
  type ExceptionClass,
  exceptionClass,
  type StructDescriptor,
  serviceInfo,
  structDescriptor,
  type ThriftException,
} from "@kitex-ts/thrift";

export interface HelloRequest {
  message: string;
  times: number;
}
export interface HelloRequestInit {
  message?: string | undefined;
  times?: number | undefined;
}
export const HelloRequest: StructDescriptor<HelloRequest, HelloRequestInit> = /*@__PURE__*/ structDescriptor(
  "HelloRequest",
  [
    [1, "message", "string"],
    [2, "times", "i32", 2, 1],
  ],
);

export interface HelloResponse {
  message: string;
  served: bigint;
}
export interface HelloResponseInit {
  message?: string | undefined;
  served?: bigint | number | undefined;
}
export const HelloResponse: StructDescriptor<HelloResponse, HelloResponseInit> = /*@__PURE__*/ structDescriptor(
  "HelloResponse",
  [
    [1, "message", "string"],
    [2, "served", "i64"],
  ],
);

export interface NotFound extends ThriftException {
  message: string;
}
export interface NotFoundInit {
  message?: string | undefined;
}
export const NotFound: ExceptionClass<NotFound, NotFoundInit> = /*@__PURE__*/ exceptionClass("NotFound", [
  [1, "message", "string"],
]);

export interface GreetService {
  sayHello(request: HelloRequest, ctx: Context): Promise<HelloResponseInit>;
  add(a: number, b: number, ctx: Context): Promise<number>;
  reset(ctx: Context): Promise<void>;
  note(text: string, ctx: Context): Promise<void>;
}
export interface GreetServiceClient {
  sayHello(request: HelloRequestInit, ...options: CallOption[]): Promise<HelloResponse>;
  add(a: number, b: number, ...options: CallOption[]): Promise<number>;
  reset(...options: CallOption[]): Promise<void>;
  note(text: string, ...options: CallOption[]): Promise<void>;
}
export const GreetService: ServiceInfo<GreetService, GreetServiceClient> = /*@__PURE__*/ serviceInfo({
  serviceName: "GreetService",
  packageName: "greet",
  methods: {
    sayHello: {
      name: "SayHello",
      args: [[1, "request", () => HelloRequest]],
      result: () => HelloResponse,
      throws: [[1, "notFound", () => NotFound]],
    },
    add: {
      name: "Add",
      args: [
        [1, "a", "i32"],
        [2, "b", "i32"],
      ],
      result: "i32",
    },
    reset: { name: "Reset", args: [], result: "void" },
    note: { name: "Note", args: [[1, "text", "string"]], result: "void", oneway: true },
  },
});
