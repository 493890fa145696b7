import type { Context } from "./context.ts";

/** What a list of options may hold: falsy entries are skipped, so that `isProduction && withX()` reads naturally. */
export type OptionEntry<O> = O | false | null | undefined;

/**
 * A setting as a value: printable by its `name`, applied once to the settings it is for. `kind` makes passing a client option to a call a
 * compile error that says so.
 */
export interface Option<Kind extends string, Settings> {
  readonly kind: Kind;
  /** As one would write it: `withRPCTimeout(500)`. */
  readonly name: string;
  // A property, not a method: its parameter is then checked strictly.
  readonly apply: (settings: Settings) => void;
}

/** A named, ordered bundle of options. Kitex: `client.Suite`, `server.Suite`. */
export interface Suite<O> {
  readonly name: string;
  options(): readonly OptionEntry<O>[];
}

/** Makes a frozen option. */
export const defineOption = <Kind extends string, Settings>(
  kind: Kind,
  name: string,
  apply: (settings: Settings) => void,
): Option<Kind, Settings> => Object.freeze({ kind, name, apply });

/** Applies options in order and answers their names, for diagnosis. @throws TypeError for something that is no option of this kind */
export const applyOptions = <Kind extends string, Settings>(
  kind: Kind,
  entries: readonly OptionEntry<Option<Kind, Settings>>[],
  settings: Settings,
): string[] => {
  const names: string[] = [];
  for (const entry of entries) {
    if (!isGiven(entry)) continue;
    applyOption(kind, entry, settings);
    names.push(entry.name);
  }
  return names;
};

const isGiven = <O>(entry: OptionEntry<O>): entry is O => entry !== false && entry !== null && entry !== undefined;

const applyOption = <Kind extends string, Settings>(
  kind: Kind,
  entry: Option<Kind, Settings>,
  settings: Settings,
): void => {
  const given = entry as { readonly kind?: unknown; readonly name?: unknown };
  if (typeof entry !== "object" || given.kind !== kind) {
    const what = typeof given.name === "string" ? `${String(given.kind)} option ${given.name}` : describe(entry);
    throw new TypeError(
      `not ${kind === "xds" ? "an xds" : `a ${kind}`} option: ${what}; ${kind} options are the values that ${hints[kind] ?? "with…"} functions return`,
    );
  }
  entry.apply(settings);
};

/** Applies the options of one call, whose names nobody asks for. @throws TypeError for something that is no call option */
export const applyCallOptions = (entries: readonly OptionEntry<CallOption>[], overrides: CallOverrides): void => {
  for (const entry of entries) if (isGiven(entry)) applyOption<"call", CallOverrides>("call", entry, overrides);
};

const describe = (value: unknown): string =>
  typeof value === "string" ? value : value === null ? "null" : typeof value;

const hints: Readonly<Record<string, string>> = {
  client: "client.with…",
  server: "server.with…",
  call: "callopt.with…",
  xds: "xds.with…",
};

/** @throws RangeError unless `ms` is a finite number of milliseconds, 0 or more */
export const checkDurationMs = (name: string, ms: number): void => {
  if (typeof ms !== "number" || !Number.isFinite(ms) || ms < 0) {
    throw new RangeError(`${name}: milliseconds as a finite number, 0 or more, got ${String(ms)}`);
  }
};

/** @throws RangeError unless `bytes` is a size that a frame can declare and a peer take: an integer from 1 to 2,147,483,647 */
export const checkByteLimit = (name: string, bytes: number): void => {
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 0x7fff_ffff) {
    throw new RangeError(`${name} must be a number of bytes, an integer from 1 to 2147483647, got ${String(bytes)}`);
  }
};

/** @throws TypeError unless `value` is a string */
export const checkString = (name: string, value: unknown): void => {
  if (typeof value !== "string") throw new TypeError(`${name}: a string is expected, got ${typeName(value)}`);
};

/** @throws TypeError unless `value` is a function */
export const checkFunction = (name: string, value: unknown): void => {
  if (typeof value !== "function") throw new TypeError(`${name}: a function is expected, got ${typeName(value)}`);
};

/** @throws TypeError unless `value` is an object with all of `methods`: what is missing is found here and not by the first call */
export const checkMethods = (name: string, value: unknown, methods: readonly string[]): void => {
  const given = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  const missing = methods.filter((method) => typeof given?.[method] !== "function");
  if (missing.length === 0) return;
  throw new TypeError(
    `${name}: an object with the functions ${methods.join(", ")} is expected, got ${typeName(value)}${
      given === undefined ? "" : ` without ${missing.join(", ")}`
    }`,
  );
};

/** @throws TypeError unless `value` is a service as generated code describes it */
export const checkService = (name: string, value: unknown): void => {
  const { serviceName, methods } = (value ?? {}) as { readonly serviceName?: unknown; readonly methods?: unknown };
  if (typeof serviceName === "string" && Array.isArray(methods)) return;
  throw new TypeError(
    `${name}: a service from generated code, such as GreetService, is expected, got ${typeName(value)}`,
  );
};

const typeName = (value: unknown): string => (value === null ? "null" : typeof value);

/** What call options may change, for one call. Kitex: `callopt.CallOptions`. */
export interface CallOverrides {
  rpcTimeoutMs: number | undefined;
  connectTimeoutMs: number | undefined;
  hostPort: string | undefined;
  tags: Map<string, string> | undefined;
  signal: AbortSignal | undefined;
  context: Context | undefined;
}

/** An option for one call; made by `callopt.with…`. May be kept and passed again. Kitex: `callopt.Option`. */
export type CallOption = Option<"call", CallOverrides>;
