import { messageOf, RPCError } from "../errors.ts";

/** Where the framework reports what no caller would otherwise hear of. Shaped like pino and console. Kitex: `klog`. */
export interface Logger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const print = (level: string, fields: Readonly<Record<string, unknown>>, message: string): void => {
  const details = Object.entries(fields).map(([key, value]) => ` ${key}=${messageOf(value)}`);
  const stacks = Object.values(fields).map(stackOf);
  process.stderr.write(`[kitex-ts] ${level} ${message}${details.join("")}${stacks.join("")}\n`);
};

/** Behind this logger there is nobody to report to, so that it must not fail at an error that does. */
const stackOf = (value: unknown): string => {
  try {
    return isUnexpected(value) ? `\n${value.stack}` : "";
  } catch {
    return "";
  }
};

/** Errors of the framework say what is the matter; of any other one wants to know where it comes from. */
const isUnexpected = (value: unknown): value is Error => value instanceof Error && !(value instanceof RPCError);

/** One line per event on standard error; errors from outside the framework with their stack. */
export const stderrLogger: Logger = {
  warn: (fields, message) => print("warn", fields, message),
  error: (fields, message) => print("error", fields, message),
};
