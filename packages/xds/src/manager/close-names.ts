/** Edits that turn one name into another; more than `limit` is not counted out. */
function distance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? limit + 1;
}

/** More names than this are not compared: the hint is not worth the time. */
const maxCompared = 5_000;

/** Up to three known hosts that look like what was meant: the same service elsewhere, or a name a few letters away. */
export function closeNames(host: string, known: Iterable<string>): readonly string[] {
  const [service = ""] = host.split(".");
  const limit = Math.max(2, Math.floor(service.length / 3));
  const ranked: { readonly name: string; readonly rank: number }[] = [];
  let compared = 0;
  for (const name of known) {
    if (++compared > maxCompared) break;
    const [other = ""] = name.split(".");
    const rank = distance(service, other, limit);
    if (rank <= limit) ranked.push({ name, rank });
  }
  return ranked
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}
