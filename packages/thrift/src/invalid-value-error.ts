import { RPCError } from "@kitex-ts/core";

/** A value handed in for sending does not fit the IDL. Nothing of it was sent. */
export class InvalidValueError extends RPCError {
  /** Where in the value: `HelloRequest.tags[3].name`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super("payload_validation", `${path}: ${problem}`);
    this.path = path;
  }

  override get name(): string {
    return "InvalidValueError";
  }
}
