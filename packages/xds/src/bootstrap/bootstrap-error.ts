import { RPCError } from "@kitex-ts/core";

/** xDS cannot start: the environment or an option is missing or wrong. The message says which, what it is for, and how to set it. */
export class XDSBootstrapError extends RPCError {
  /** The environment variable or the option that is missing or wrong. */
  readonly setting: string;

  constructor(setting: string, detail: string, cause?: unknown) {
    super("service_discovery", `xDS cannot start: ${detail}`, { cause });
    this.setting = setting;
  }

  override get name(): string {
    return "XDSBootstrapError";
  }
}
