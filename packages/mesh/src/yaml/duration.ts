const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;

/** Reads a Go duration such as `0.5s`, `300ms` or `1h30m` as milliseconds; `undefined` when the text is not one. */
export const parseDuration = (text: string): number | undefined => {
  if (text === "0") return 0;
  const [sign, body] = text.startsWith("-") ? [-1, text.slice(1)] : [1, text];
  let total = 0;
  let end = 0;
  for (const match of body.matchAll(PART)) {
    total += Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? Number.NaN);
    end = match.index + match[0].length;
  }
  return end === body.length && end > 0 ? sign * total : undefined;
};
