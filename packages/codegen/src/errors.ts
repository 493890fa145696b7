/** Where in an IDL something stands; lines and columns are 1-based. */
export interface IdlPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a {@link CodegenError} is about; branch on this, never on the text. */
export type CodegenErrorKind =
  /** Something in the IDL has no TypeScript: the place says what. */
  | "idl"
  /** Two IDLs would be generated into the same file. */
  | "conflict"
  /** An option has a value that cannot be. */
  | "option"
  /** A file or folder cannot be read or written. */
  | "file";

/** Why nothing was generated. IDLs that are wrong in themselves throw an `IdlError` of `@kitex-ts/thrift/idl` instead. */
export class CodegenError extends Error {
  override readonly name: string = "CodegenError";
  readonly kind: CodegenErrorKind;
  readonly place: IdlPlace | undefined;

  constructor(kind: CodegenErrorKind, message: string, place?: IdlPlace, options?: ErrorOptions) {
    super(place === undefined ? message : `${place.file}:${place.line}:${place.column} ${message}`, options);
    this.kind = kind;
    this.place = place;
  }
}
