/** The middle one of an odd number, the upper of two middle ones otherwise; 0 of none. */
export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? 0;

/** How far apart numbers are, as a share of their median. */
export const spread = (numbers: readonly number[]): number =>
  numbers.length === 0
    ? 0
    : (Math.max(...numbers) - Math.min(...numbers)) / Math.max(median(numbers), Number.MIN_VALUE);
