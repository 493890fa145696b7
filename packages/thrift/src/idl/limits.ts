/**
 * Bounds on what an IDL may ask of the reader. They sit far above real IDLs; reaching one is an error that names it.
 * Lengths count UTF-16 code units.
 */
export interface IdlLimits {
  /** Length of one file. Default 8 Mi. */
  readonly maxFileSize: number;
  /** Tokens of one file. Default 1 000 000. */
  readonly maxTokens: number;
  /** Nesting of types and values, with typedefs and constants looked through. Default 64, the depth to which Kitex reads messages. */
  readonly maxNesting: number;
  /** Files of a program. Default 1 000. */
  readonly maxFiles: number;
  /** Length of all files of a program together. Default 64 Mi. */
  readonly maxTotalSize: number;
  /** Includes on the way from the entry to a file. Default 64. */
  readonly maxIncludeDepth: number;
  /** Parts of one type with typedefs written out. Default 4 096. */
  readonly maxTypeSize: number;
  /** Parts of one value with constants written out. Default 1 000 000. */
  readonly maxValueSize: number;
  /** Ancestors of a service. Default 64. */
  readonly maxAncestors: number;
}

const defaults: IdlLimits = {
  maxFileSize: 8 * 1024 * 1024,
  maxTokens: 1_000_000,
  maxNesting: 64,
  maxFiles: 1000,
  maxTotalSize: 64 * 1024 * 1024,
  maxIncludeDepth: 64,
  maxTypeSize: 4096,
  maxValueSize: 1_000_000,
  maxAncestors: 64,
};

export const withDefaultLimits = (limits: Partial<IdlLimits> | undefined): IdlLimits => ({ ...defaults, ...limits });
