/** A backslash sequence that is no escape: offset of the backslash within the body, and its length. */
export interface UnknownEscape {
  readonly at: number;
  readonly length: number;
}

/** What the text between two quotes means. */
export interface DecodedString {
  /** Unknown escapes stay as written; bytes that are not UTF-8 become replacement characters. */
  readonly value: string;
  /** Present when byte escapes make a text that is not UTF-8. */
  readonly bytes: Uint8Array | undefined;
  readonly unknownEscapes: readonly UnknownEscape[];
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
]);

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes the escapes of Go string literals, which thriftgo leaves to the Go compiler; Apache Thrift's are a subset.
 * `\xHH` and `\ooo` name bytes, `\u` and `\U` code points.
 */
export const decodeString = (body: string): DecodedString => {
  if (!body.includes("\\")) return { value: body, bytes: undefined, unknownEscapes: [] };
  const unknownEscapes: UnknownEscape[] = [];
  /** Texts and single bytes above 0x7f, in order. */
  const parts: (string | number)[] = [];
  let text = "";
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf("\\", at);
    if (next < 0) break;
    text += body.slice(at, next);
    const sequence = readEscape(body, next);
    at = next + sequence.length;
    if (sequence.value === undefined) {
      unknownEscapes.push({ at: next, length: sequence.length });
      text += body.slice(next, at);
    } else if (typeof sequence.value === "string") {
      text += sequence.value;
    } else {
      parts.push(text, sequence.value);
      text = "";
    }
  }
  text += body.slice(at);
  if (parts.length === 0) return { value: text, bytes: undefined, unknownEscapes };
  parts.push(text);
  const bytes = joinBytes(parts);
  try {
    return { value: strictDecoder.decode(bytes), bytes: undefined, unknownEscapes };
  } catch {
    return { value: lenientDecoder.decode(bytes), bytes, unknownEscapes };
  }
};

interface Escape {
  readonly length: number;
  /** Text, or a byte above 0x7f; `undefined` for what is no escape. */
  readonly value: string | number | undefined;
}

const readEscape = (body: string, at: number): Escape => {
  const letter = body.charAt(at + 1);
  const simple = simpleEscapes.get(letter);
  if (simple !== undefined) return { length: 2, value: simple };
  if (letter === "x") return byteEscape(body, at, 2, 2, 16);
  if (letter >= "0" && letter <= "7") return byteEscape(body, at, 1, 3, 8);
  if (letter === "u") return codePointEscape(body, at, 4);
  if (letter === "U") return codePointEscape(body, at, 8);
  // A lone surrogate would cut a character in two.
  const length = letter === "" ? 1 : 1 + String.fromCodePoint(body.codePointAt(at + 1) ?? 0).length;
  return { length, value: undefined };
};

const digitsOf = (body: string, from: number, count: number, radix: 8 | 16): number | undefined => {
  const digits = body.slice(from, from + count);
  const valid = radix === 16 ? /^[0-9A-Fa-f]+$/ : /^[0-7]+$/;
  return digits.length === count && valid.test(digits) ? Number.parseInt(digits, radix) : undefined;
};

const byteEscape = (body: string, at: number, skip: number, count: number, radix: 8 | 16): Escape => {
  const value = digitsOf(body, at + skip, count, radix);
  if (value === undefined || value > 0xff) return { length: 2, value: undefined };
  return { length: skip + count, value: value < 0x80 ? String.fromCharCode(value) : value };
};

const codePointEscape = (body: string, at: number, count: number): Escape => {
  const value = digitsOf(body, at + 2, count, 16);
  if (value === undefined || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return { length: 2, value: undefined };
  return { length: 2 + count, value: String.fromCodePoint(value) };
};

const joinBytes = (parts: readonly (string | number)[]): Uint8Array => {
  const chunks = parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : encoder.encode(part)));
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};
