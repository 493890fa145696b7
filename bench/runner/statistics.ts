/** The middle one of an odd number, the mean of the two middle ones otherwise; 0 of none. */
export const median = (numbers: readonly number[]): number => {
  if (numbers.length === 0) return 0;
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
};

/** How far apart numbers are, as a share of their median. */
export const spread = (numbers: readonly number[]): number =>
  numbers.length === 0
    ? 0
    : (Math.max(...numbers) - Math.min(...numbers)) / Math.max(median(numbers), Number.MIN_VALUE);
