import type { CallOption, Context, ServiceInfo } from "@kitex-ts/core";
import {
  type ExceptionClass,
  exceptionClass,
  type OpenEnum,
  type StructDescriptor,
  serviceInfo,
  structDescriptor,
  type ThriftException,
  unionDescriptor,
} from "../../src/index.ts";
import { HealthService, type HealthServiceClient, Tag } from "./base.ts";

export const Color = {
  RED: 1,
  GREEN: 2,
} as const;
export type Color = OpenEnum<typeof Color>;

export type UserId = bigint;

export const MAX_NAMES = 10;

/** Who greets whom. */
export interface HelloRequest {
  /** The text. Not empty. */
  message: string;
  user: UserId;
  color?: Color | undefined;
  retries: number;
  locale: string;
  tags: Tag[];
  names: Set<string>;
  weights: Map<string, number>;
  payload?: Uint8Array | undefined;
  forwarded?: HelloRequest | undefined;
  stamp: number;
}
/** Who greets whom. */
export interface HelloRequestInit {
  /** The text. Not empty. */
  message: string;
  user?: UserId | number | undefined;
  color?: Color | undefined;
  retries?: number | undefined;
  locale?: string | undefined;
  tags?: readonly Tag[] | undefined;
  names?: Iterable<string> | undefined;
  weights?: ReadonlyMap<string, number> | Readonly<Record<string, number>> | undefined;
  payload?: Uint8Array | undefined;
  forwarded?: HelloRequestInit | undefined;
  stamp?: number | undefined;
}
/** Who greets whom. */
export const HelloRequest: StructDescriptor<HelloRequest, HelloRequestInit> = /*@__PURE__*/ structDescriptor(
  "HelloRequest",
  [
    [1, "message", "string", 1],
    [2, "user", "i64"],
    [3, "color", "enum", 2],
    [4, "retries", "i32", 0, 3],
    [5, "locale", "string", 2, "en"],
    [6, "tags", ["list", () => Tag]],
    [7, "names", ["set", "string"]],
    [8, "weights", ["map", "string", "double"]],
    [9, "payload", "binary", 2],
    [10, "forwarded", () => HelloRequest, 2],
    [11, "stamp", "i64:number"],
  ],
);

export interface HelloResponse {
  message: string;
}
export const HelloResponse: StructDescriptor<HelloResponse> = /*@__PURE__*/ structDescriptor("HelloResponse", [
  [1, "message", "string", 1],
]);

export type Choice =
  | { case: "text"; value: string }
  | { case: "number"; value: bigint }
  | { case: "tag"; value: Tag }
  | { case?: undefined; value?: undefined };
export type ChoiceInit =
  | { case: "text"; value: string }
  | { case: "number"; value: bigint | number }
  | { case: "tag"; value: Tag };
export const Choice: StructDescriptor<Choice, ChoiceInit> = /*@__PURE__*/ unionDescriptor("Choice", [
  [1, "text", "string"],
  [2, "number", "i64"],
  [3, "tag", () => Tag],
]);

export interface NotFound extends ThriftException {
  message: string;
  code: number;
  name_?: string | undefined;
}
export interface NotFoundInit {
  message?: string | undefined;
  code?: number | undefined;
  name_?: string | undefined;
}
export const NotFound: ExceptionClass<NotFound, NotFoundInit> = /*@__PURE__*/ exceptionClass("NotFound", [
  [1, "message", "string"],
  [2, "code", "i32"],
  [3, "name", "string", 2],
]);

export interface GreetService extends HealthService {
  /** Greets. */
  sayHello(request: HelloRequest, ctx: Context): Promise<HelloResponse>;
  /** Adds. */
  add(a: number, b: number, ctx: Context): Promise<number>;
  reset(ctx: Context): Promise<void>;
  choose(choice: Choice, ctx: Context): Promise<ChoiceInit>;
}
export interface GreetServiceClient extends HealthServiceClient {
  /** Greets. */
  sayHello(request: HelloRequestInit, ...options: CallOption[]): Promise<HelloResponse>;
  /** Adds. */
  add(a: number, b: number, ...options: CallOption[]): Promise<number>;
  reset(...options: CallOption[]): Promise<void>;
  choose(choice: ChoiceInit, ...options: CallOption[]): Promise<Choice>;
}
export const GreetService: ServiceInfo<GreetService, GreetServiceClient> = /*@__PURE__*/ serviceInfo({
  serviceName: "GreetService",
  packageName: "demo.greet",
  extends: () => HealthService,
  methods: {
    sayHello: {
      name: "SayHello",
      args: [[1, "request", () => HelloRequest]],
      result: () => HelloResponse,
      throws: [[1, "notFound", () => NotFound]],
    },
    add: {
      name: "add",
      args: [
        [1, "a", "i32"],
        [2, "b", "i32"],
      ],
      result: "i32",
    },
    reset: { name: "reset", args: [], result: "void" },
    choose: {
      name: "choose",
      args: [[1, "choice", () => Choice]],
      result: () => Choice,
      annotations: { "api.get": "/choose" },
    },
  },
});
