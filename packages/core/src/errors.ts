/**
 * What went wrong, as a stable word to branch on; texts may change, kinds do not. Kitex: the basic errors of `kerrors`.
 */
export type ErrorKind =
  | "internal_exception"
  | "service_discovery"
  | "get_connection"
  | "loadbalance"
  | "no_more_instance"
  | "rpc_timeout"
  | "canceled_by_business"
  | "timeout_by_business"
  | "acl"
  | "circuit_break"
  | "remote_or_network"
  | "overlimit"
  | "panic"
  | "biz"
  | "retry"
  | "route"
  | "payload_validation";

/** The words Kitex logs and dashboards already know, one per kind. */
const basicText: Readonly<Record<ErrorKind, string>> = {
  internal_exception: "internal exception",
  service_discovery: "service discovery error",
  get_connection: "get connection error",
  loadbalance: "loadbalance error",
  no_more_instance: "no more instances to retry",
  rpc_timeout: "rpc timeout",
  canceled_by_business: "canceled by business",
  timeout_by_business: "timeout by business",
  acl: "request forbidden",
  circuit_break: "forbidden by circuitbreaker",
  remote_or_network: "remote or network error",
  overlimit: "request over limit",
  panic: "panic",
  biz: "biz error",
  retry: "retry error",
  route: "rpc route failed",
  payload_validation: "payload validation error",
};

/** All kinds, for checks that nothing was forgotten. */
export const errorKinds: readonly ErrorKind[] = Object.keys(basicText) as ErrorKind[];

/** Where a failed call was going; whatever is known is set. */
export interface ErrorContext {
  readonly service?: string | undefined;
  readonly method?: string | undefined;
  /** `host:port` of the peer. */
  readonly address?: string | undefined;
}

export interface RPCErrorOptions extends ErrorContext {
  readonly cause?: unknown;
  /** Was any byte of the request handed to the socket? `false` means that sending it again is safe. */
  readonly requestWritten?: boolean | undefined;
}

/** What instances bear that any copy of this package made, by the prototype of their class in this one. */
const marks = new Map<object, symbol>();

/**
 * The error that leaves public functions of the framework. Branch on `kind`, never on the text.
 *
 * `instanceof`, of this class and of the other errors here, also holds for instances made by another copy of this package in the same process.
 */
export class RPCError extends Error {
  readonly kind: ErrorKind;
  /** The text without the words for its kind that `message` begins with: for texts that are to hold it. */
  readonly detail: string;
  readonly service: string | undefined;
  readonly method: string | undefined;
  readonly address: string | undefined;
  /** `false`: the request never reached the socket, so it may be sent again. `undefined`: not known. */
  readonly requestWritten: boolean | undefined;

  constructor(kind: ErrorKind, detail: string, options: RPCErrorOptions = {}) {
    super(
      detail === "" ? basicText[kind] : `${basicText[kind]}: ${detail}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.kind = kind;
    this.detail = detail;
    this.service = options.service;
    this.method = options.method;
    this.address = options.address;
    this.requestWritten = options.requestWritten;
  }

  override get name(): string {
    return "RPCError";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that is asked, which may be a subclass: those keep ordinary instanceof
    const { prototype } = this;
    const symbol = marks.get(prototype);
    return symbol === undefined
      ? hasPrototype(prototype, value)
      : typeof value === "object" && value !== null && symbol in value;
  }
}

const hasPrototype = (prototype: object, value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.prototype.isPrototypeOf.call(prototype, value);

/** True for a timeout of any source: RPC timeout, route timeout, the caller's deadline. Kitex: `kerrors.IsTimeoutError`. */
export const isTimeoutError = (error: unknown): boolean =>
  error instanceof RPCError && (error.kind === "rpc_timeout" || error.kind === "timeout_by_business");

/**
 * An answer of the business, not a failure of the call: it is neither retried nor counted by breakers. Thrown by a handler, it
 * reaches the caller as the same class over TTHeader (and later gRPC); over Framed and Buffered Kitex has no room for it, see the guide.
 * Kitex: `kerrors.NewBizStatusErrorWithExtra`.
 */
export class BizStatusError extends RPCError {
  /** 32-bit, not 0: Kitex takes 0 for "no error". */
  readonly code: number;
  readonly bizMessage: string;
  readonly extra: Readonly<Record<string, string>>;

  /** @throws RangeError when `code` is 0 or not a 32-bit integer; TypeError when a value of `extra` is no string: Go would lose the whole error */
  constructor(code: number, message: string, extra: Readonly<Record<string, string>> = {}) {
    if (!Number.isInteger(code) || code === 0 || code < -2147483648 || code > 2147483647) {
      throw new RangeError(`business status code must be a 32-bit integer other than 0, got ${code}`);
    }
    for (const [key, value] of Object.entries(extra)) {
      if (typeof value !== "string") throw new TypeError(`business status: extra.${key} must be a string`);
    }
    super("biz", `code=${code}, msg=${message}`);
    this.code = code;
    this.bizMessage = message;
    this.extra = extra;
  }

  override get name(): string {
    return "BizStatusError";
  }
}

/** Type ids of application exceptions on the wire (Thrift message type 3 and Kitex-Protobuf alike). Kitex: `remote.trans_errors`. */
export const ApplicationExceptionType = {
  unknown: 0,
  unknownMethod: 1,
  invalidMessageType: 2,
  wrongMethodName: 3,
  badSequenceID: 4,
  missingResult: 5,
  internalError: 6,
  protocolError: 7,
  invalidTransform: 8,
  invalidProtocol: 9,
  unsupportedClientType: 10,
  unknownService: 20,
  noServiceName: 21,
} as const;

/**
 * The peer refused or failed the call and said so. On a server, throw it to answer with a type id of your own (avoid 0–10, 20, 21).
 * Kitex: `remote.TransError`.
 */
export class ApplicationException extends RPCError {
  readonly typeId: number;
  /** The text as it travels, without the prefix that `message` has. */
  readonly remoteMessage: string;

  constructor(typeId: number, message: string, options: RPCErrorOptions = {}) {
    super("remote_or_network", message, options);
    // Kitex marks what came from the peer; operators grep for it.
    this.message = `${basicText.remote_or_network}[remote]: ${message}`;
    this.typeId = typeId;
    this.remoteMessage = message;
  }

  override get name(): string {
    return "ApplicationException";
  }
}

/** Bytes could not be sent, received or understood: a broken connection, a malformed frame, a limit. */
export class TransportError extends RPCError {
  /** Short and stable, for branching and metrics: `connection_closed`, `malformed_frame`, `frame_too_large`, … */
  readonly code: string;

  constructor(code: string, detail: string, options: RPCErrorOptions & { readonly kind?: ErrorKind } = {}) {
    super(options.kind ?? "remote_or_network", detail, options);
    this.code = code;
  }

  override get name(): string {
    return "TransportError";
  }
}

/** The bytes of a payload do not follow its protocol. Kinds as in Kitex' `perrors.ProtocolException`. */
export class ProtocolException extends RPCError {
  readonly code: ProtocolExceptionCode;

  constructor(code: ProtocolExceptionCode, detail: string, options: RPCErrorOptions = {}) {
    super("remote_or_network", detail, options);
    this.code = code;
  }

  override get name(): string {
    return "ProtocolException";
  }
}

export type ProtocolExceptionCode =
  | "unknown"
  | "invalid_data"
  | "negative_size"
  | "size_limit"
  | "bad_version"
  | "not_implemented"
  | "depth_limit";

// Not by the names that the classes have at run time, which bundlers change.
const marked = { RPCError, BizStatusError, ApplicationException, TransportError, ProtocolException };
for (const [name, type] of Object.entries(marked)) {
  const symbol = Symbol.for(`kitex-ts.${name}`);
  Object.defineProperty(type.prototype, symbol, { value: true });
  marks.set(type.prototype, symbol);
}

/** What was thrown, in words. User code throws what it likes, also what has no text: that must not end in another error. */
export const messageOf = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "what was thrown cannot be printed";
  }
};

/** Makes an `RPCError` of anything thrown; what already is one passes through. */
export const toRPCError = (error: unknown, kind: ErrorKind, context: ErrorContext = {}): RPCError => {
  if (error instanceof RPCError) return error;
  return new RPCError(kind, messageOf(error), { ...context, cause: error });
};
