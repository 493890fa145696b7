import { CodegenError } from "./errors.ts";

/** What an i64 is in TypeScript. `number` throws outside ±(2^53-1), in both directions. */
export type Int64Mode = "bigint" | "number" | "string";

/** How relative imports name the file they import: `.ts` for Node's own type stripping, `.js` for compilers that do not rewrite it, nothing for bundlers. */
export type ImportExtension = "ts" | "js" | "none";

/**
 * When the code is made that encodes and decodes. `load`: in the running program, when a struct is first used. `aot`: ahead of time, into a `.codec.ts`
 * beside each module; for places that forbid code from strings, and for the quickest start.
 */
export type CodecTiming = "load" | "aot";

/** How TypeScript is generated. */
export interface GenerateOptions {
  /** Default: `bigint`. A field, type or typedef annotated with `ts.int64 = "number"` goes its own way. */
  readonly int64?: Int64Mode | undefined;
  /** The module that generated code imports. Default: `kitex-ts/codegenv1`. */
  readonly runtime?: string | undefined;
  /** Default: `ts`. */
  readonly importExtension?: ImportExtension | undefined;
  /** Default: `load`. */
  readonly codec?: CodecTiming | undefined;
  /**
   * Keeps fields that the IDL does not know and sends them on, for services in the middle that are older than both ends. Default: false. Kitex: thriftgo's
   * `keep_unknown_fields`.
   */
  readonly keepUnknownFields?: boolean | undefined;
}

export type ResolvedOptions = Readonly<{ [Key in keyof GenerateOptions]-?: NonNullable<GenerateOptions[Key]> }>;

export const int64Modes: readonly Int64Mode[] = ["bigint", "number", "string"];
const codecTimings: readonly CodecTiming[] = ["load", "aot"];
const importExtensions: readonly ImportExtension[] = ["ts", "js", "none"];

const oneOf = <T extends string>(name: string, value: T, values: readonly T[]): T => {
  if (values.includes(value)) return value;
  throw new CodegenError("option", `${name} must be ${values.join(", ")}, got ${JSON.stringify(value)}`);
};

/** @throws CodegenError `option` */
export const resolveOptions = (options: GenerateOptions): ResolvedOptions => {
  const { int64 = "bigint", runtime = "kitex-ts/codegenv1", importExtension = "ts", codec = "load" } = options;
  const { keepUnknownFields = false } = options;
  if (!/^[\w@./-]+$/.test(runtime)) {
    throw new CodegenError("option", `runtime must be the name of a module, got ${JSON.stringify(runtime)}`);
  }
  return {
    int64: oneOf("int64", int64, int64Modes),
    runtime,
    importExtension: oneOf("importExtension", importExtension, importExtensions),
    codec: oneOf("codec", codec, codecTimings),
    keepUnknownFields,
  };
};
