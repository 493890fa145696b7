/** Longer names are never misspelt in a way that a distance would find cheaply. */
const maxLength = 64;
const maxCandidates = 5000;

/** The candidate that was most likely meant, or `undefined` when none is near. Differences in case count little. */
export const nearest = (name: string, candidates: Iterable<string>): string | undefined => {
  if (name.length > maxLength) return undefined;
  const wanted = name.toLowerCase();
  const limit = Math.floor(name.length / 3);
  let best: string | undefined;
  let bestDistance = limit + 1;
  let seen = 0;
  for (const candidate of candidates) {
    if (++seen > maxCandidates) break;
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue;
    const distance =
      candidate.toLowerCase() === wanted ? 0 : editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
};

/** Insertions, deletions, replacements and swaps of neighbours; values of `stop` and above are not exact. */
const editDistance = (left: string, right: string, stop: number): number => {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least >= stop) return stop;
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
};

/** A hint naming the nearest candidate. */
export const didYouMean = (name: string, candidates: Iterable<string>): string | undefined => {
  const found = nearest(name, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
};
