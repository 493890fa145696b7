/** Lines of JavaScript with their indentation. */
export class Source {
  readonly #lines: string[] = [];
  #indent: string;

  constructor(indent: string = "") {
    this.#indent = indent;
  }

  line(text: string): void {
    this.#lines.push(this.#indent + text);
  }

  /** `open`, then what `body` prints one level deeper, then `close`. */
  block(open: string, body: () => void, close: string = "}"): void {
    this.line(open);
    const outer = this.#indent;
    this.#indent = `${outer}  `;
    body();
    this.#indent = outer;
    this.line(close);
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

/** Text of the IDL as a string literal: the only way in which it ever gets into code. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

export const literal = (value: boolean | number | bigint | string): string => {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
};

export const hex = (value: number): string => `0x${value.toString(16)}`;
