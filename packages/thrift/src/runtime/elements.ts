import { isSet } from "./value.ts";

type Elements = ReadonlySet<unknown> | readonly unknown[];

/**
 * What iterators, which nobody can walk a second time, gave when they were last encoded: a value that does not fit is walked again to find out why,
 * see runtime/encode-error.
 */
const walked = new WeakMap<object, Elements>();

/** The elements of something to iterate over, which know how many they are; undefined for anything else. */
export const elementsOf = (value: unknown): Elements | undefined => {
  if (Array.isArray(value) || isSet(value)) return value;
  if (!isIterable(value)) return undefined;
  const isIterator = (value[Symbol.iterator]() as unknown) === value;
  const elements = Array.from(value);
  if (isIterator) walked.set(value, elements);
  return elements;
};

/** The same for a value that has been encoded before, in full or in part. */
export const elementsAgain = (value: unknown): Elements | undefined =>
  (isIterable(value) ? walked.get(value) : undefined) ?? elementsOf(value);

const isIterable = (value: unknown): value is Iterable<unknown> & object =>
  typeof value === "object" && value !== null && Symbol.iterator in value;
