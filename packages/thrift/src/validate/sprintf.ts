/** One verb of Go's `fmt` with what stands before it. */
const verbs = /%([-+# 0]*)(\d{1,3})?(?:\.(\d{1,3}))?(.)/gsu;

const known = "vdsqxXfegtb";

/** How many arguments a format takes; undefined when it has a verb that is not known here. */
export const formatArity = (format: string): number | undefined => {
  let arity = 0;
  for (const [, , , , verb = ""] of format.matchAll(verbs)) {
    if (verb === "%") continue;
    if (!known.includes(verb)) return undefined;
    arity++;
  }
  // A percent sign at the very end has no verb.
  return /%$/.test(format.replaceAll("%%", "")) ? undefined : arity;
};

/** Go's `fmt.Sprintf` for the values that fields have. */
export const sprintf = (format: string, args: readonly unknown[]): string => {
  let next = 0;
  return format.replaceAll(
    verbs,
    (_all, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      const text = print(verb, args[next++], flags, precision === undefined ? undefined : Number(precision));
      const size = Number(width ?? 0);
      if (flags.includes("-")) return text.padEnd(size);
      if (!flags.includes("0") || verb === "s" || verb === "q") return text.padStart(size);
      const [, sign = "", digits = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
      return sign + digits.padStart(size - sign.length, "0");
    },
  );
};

const print = (verb: string, value: unknown, flags: string, precision: number | undefined): string => {
  const plus = flags.includes("+") && isNumber(value) && value >= 0 ? "+" : "";
  const alternate = flags.includes("#");
  switch (verb) {
    case "q":
      return JSON.stringify(String(value));
    case "x":
    case "X": {
      const text = isNumber(value)
        ? (alternate ? "0x" : "") + value.toString(16)
        : Buffer.from(textOf(value)).toString("hex");
      return plus + (verb === "X" ? text.toUpperCase() : text);
    }
    case "b":
      return plus + (isNumber(value) ? value.toString(2) : textOf(value));
    case "f":
      return plus + Number(value).toFixed(precision ?? 6);
    case "e":
      return (
        plus +
        Number(value)
          .toExponential(precision ?? 6)
          .replace(/e([-+])(\d)$/, "e$10$2")
      );
    case "s":
      return precision === undefined ? textOf(value) : Array.from(textOf(value)).slice(0, precision).join("");
    default:
      return plus + textOf(value);
  }
};

const isNumber = (value: unknown): value is number | bigint => typeof value === "number" || typeof value === "bigint";

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
