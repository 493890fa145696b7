import type { Annotation } from "./ast.ts";

/** All values of a key, in source order. */
export const annotationValues = (annotations: readonly Annotation[], key: string): readonly string[] =>
  annotations.filter((annotation) => annotation.key === key).map(({ value }) => value);

/** The last value of a key, which is the one that counts where a key means one thing. */
export const annotationValue = (annotations: readonly Annotation[], key: string): string | undefined =>
  annotations.findLast((annotation) => annotation.key === key)?.value;
