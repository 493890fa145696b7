/** Characters that are kept out of the source: control characters, and those that make text look other than it is. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const escapes: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

const escapeUnit = (character: string): string =>
  escapes[character] ??
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");

/** Text without characters that cannot be seen: they are written as escapes. */
export const visible = (text: string): string => text.replace(invisible, escapeUnit);

/** A text as a literal, in the quotes that need fewer escapes. */
export const textLiteral = (text: string): string => {
  const count = (quote: string): number => text.split(quote).length - 1;
  const quote = count('"') > count("'") ? "'" : '"';
  return quote + visible(text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`)) + quote;
};

/** A double as a literal. */
export const doubleLiteral = (value: number, numberObject: string): string => {
  if (Number.isNaN(value)) return `${numberObject}.NaN`;
  if (!Number.isFinite(value)) return `${numberObject}.${value > 0 ? "POSITIVE" : "NEGATIVE"}_INFINITY`;
  return Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
};

/** A name as a key of an object literal. `__proto__` as such would set the prototype. */
export const keyLiteral = (name: string): string => {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textLiteral(name);
};
