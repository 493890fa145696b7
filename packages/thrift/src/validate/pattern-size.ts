/** Flags, quoted text, a class, a repetition, an escape, or any other character. */
const token =
  /(\(\?[A-Za-z-]*\))|\\Q(.*?)(?:\\E|$)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*(?:\]|$)|\{(0|[1-9]\d*)(?:,(0|[1-9]\d*|))?\}|\\.|./gsu;

/** More than this, once or nested, is refused by RE2 itself. */
const MOST_REPEATS = 1000;

/**
 * About how many steps the program of a pattern has: every repetition is written out, so that a short pattern may mean a long program. There
 * are never more than twice as many; there are fewer where RE2 simplifies. It may be asked about what is no pattern.
 */
export const writtenOutSize = (source: string): number => {
  /** What the groups around the present one have come to so far. */
  const outer: number[] = [];
  let total = 0;
  /** What a repetition that comes next is about. */
  let last = 0;
  for (const [text, flags, quoted, least, most] of source.matchAll(token)) {
    // These are nothing to repeat: what follows is about what was before them.
    if (flags !== undefined || quoted === "") continue;
    if (text === "(") {
      outer.push(total);
      total = 2;
      last = 0;
    } else if (text === ")") {
      last = total;
      total += outer.pop() ?? 0;
    } else if (least !== undefined) {
      const count = Math.min(Math.max(Number(least), Number(most ?? 0)), MOST_REPEATS);
      // What may be left out takes a step more each time.
      const repeated = (last + (most === undefined ? 0 : 1)) * Math.max(count, 1);
      total += repeated - last;
      last = repeated;
    } else if (text === "*" || text === "+" || text === "?") {
      last++;
      total++;
    } else {
      last = 1;
      total += quoted?.length ?? 1;
    }
  }
  return outer.reduce((sum, each) => sum + each, total);
};
