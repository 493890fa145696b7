import type { Logger } from "@kitex-ts/core/spi";

/** Remembers what was reported. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];

  warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push(`warn ${message} ${Object.values(fields).join(" ")}`);
  }

  error(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push(`error ${message} ${Object.values(fields).join(" ")}`);
  }
}
