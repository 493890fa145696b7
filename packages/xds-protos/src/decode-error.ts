/** Bytes that are not the message they should be. The runtime's own error is its `cause`. */
export class DecodeError extends Error {
  /** Full protobuf name of the message that was expected. */
  readonly typeName: string;

  constructor(typeName: string, cause: unknown) {
    super(`cannot decode ${typeName}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "DecodeError";
    this.typeName = typeName;
  }
}
