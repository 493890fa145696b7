/** Where the framework reports what no caller would otherwise hear of. Shaped like pino and console. Kitex: `klog`. */
export interface Logger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const print = (level: string, fields: Readonly<Record<string, unknown>>, message: string): void => {
  const details = Object.entries(fields)
    .map(([key, value]) => `${key}=${value instanceof Error ? value.message : String(value)}`)
    .join(" ");
  process.stderr.write(`[kitex-ts] ${level} ${message}${details === "" ? "" : ` ${details}`}\n`);
};

/** One line per event on standard error. */
export const stderrLogger: Logger = {
  warn: (fields, message) => print("warn", fields, message),
  error: (fields, message) => print("error", fields, message),
};
