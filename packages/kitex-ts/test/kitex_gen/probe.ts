// As `kitex-ts gen` prints it from probe.thrift; there the import is "kitex-ts/codegenv1".
import {
  type CallOption,
  type Context,
  type ExceptionClass,
  exceptionClass,
  type ServiceInfo,
  type StructDescriptor,
  serviceInfo,
  structDescriptor,
  type ThriftException,
} from "../../src/codegenv1.ts";

export interface Message {
  text: string;
  payload?: Uint8Array | undefined;
}
export interface MessageInit {
  text?: string | undefined;
  payload?: Uint8Array | undefined;
}
export const Message: StructDescriptor<Message, MessageInit> = /*@__PURE__*/ structDescriptor("Message", [
  [1, "text", "string"],
  [2, "payload", "binary", 2],
]);

export interface NotFound extends ThriftException {
  what: string;
}
export interface NotFoundInit {
  what?: string | undefined;
}
export const NotFound: ExceptionClass<NotFound, NotFoundInit> = /*@__PURE__*/ exceptionClass("NotFound", [
  [1, "what", "string"],
]);

export interface Denied extends ThriftException {
  message: string;
  code: number;
}
export interface DeniedInit {
  message?: string | undefined;
  code?: number | undefined;
}
export const Denied: ExceptionClass<Denied, DeniedInit> = /*@__PURE__*/ exceptionClass("Denied", [
  [1, "message", "string"],
  [2, "code", "i32"],
]);

/** What the behaviour tests call. */
export interface Probe {
  echo(message: Message, ctx: Context): Promise<MessageInit>;
  find(name: string, ctx: Context): Promise<string>;
  join(left: string, middle: number, right: boolean, ctx: Context): Promise<string>;
  now(ctx: Context): Promise<bigint | number>;
  reset(ctx: Context): Promise<void>;
  note(text: string, ctx: Context): Promise<void>;
}
/** What the behaviour tests call. */
export interface ProbeClient {
  echo(message: MessageInit, ...options: CallOption[]): Promise<Message>;
  find(name: string, ...options: CallOption[]): Promise<string>;
  join(left: string, middle: number, right: boolean, ...options: CallOption[]): Promise<string>;
  now(...options: CallOption[]): Promise<bigint>;
  reset(...options: CallOption[]): Promise<void>;
  note(text: string, ...options: CallOption[]): Promise<void>;
}
/** What the behaviour tests call. */
export const Probe: ServiceInfo<Probe, ProbeClient> = /*@__PURE__*/ serviceInfo({
  serviceName: "Probe",
  packageName: "probe",
  methods: {
    echo: { name: "Echo", args: [[1, "message", () => Message]], result: () => Message },
    find: {
      name: "Find",
      args: [[1, "name", "string"]],
      result: "string",
      throws: [
        [1, "notFound", () => NotFound],
        [2, "denied", () => Denied],
      ],
    },
    join: {
      name: "Join",
      args: [
        [1, "left", "string"],
        [2, "middle", "i32"],
        [3, "right", "bool"],
      ],
      result: "string",
    },
    now: { name: "Now", args: [], result: "i64" },
    reset: { name: "Reset", args: [], result: "void" },
    note: { name: "Note", args: [[1, "text", "string"]], result: "void", oneway: true },
  },
});

/** A later version of it. */
export interface ProbeNext extends Probe {
  added(ctx: Context): Promise<string>;
}
/** A later version of it. */
export interface ProbeNextClient extends ProbeClient {
  added(...options: CallOption[]): Promise<string>;
}
/** A later version of it. */
export const ProbeNext: ServiceInfo<ProbeNext, ProbeNextClient> = /*@__PURE__*/ serviceInfo({
  serviceName: "ProbeNext",
  packageName: "probe",
  extends: () => Probe,
  methods: {
    added: { name: "Added", args: [], result: "string" },
  },
});

/** Another service with a method of the same name. */
export interface Lookup {
  find(name: string, ctx: Context): Promise<string>;
}
/** Another service with a method of the same name. */
export interface LookupClient {
  find(name: string, ...options: CallOption[]): Promise<string>;
}
/** Another service with a method of the same name. */
export const Lookup: ServiceInfo<Lookup, LookupClient> = /*@__PURE__*/ serviceInfo({
  serviceName: "Lookup",
  packageName: "probe",
  methods: {
    find: { name: "Find", args: [[1, "name", "string"]], result: "string" },
  },
});
