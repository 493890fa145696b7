import { type Annotation, annotationValues } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { arrayDoc, objectDoc, propertyDoc } from "../doc/syntax.ts";
import { keyLiteral, textLiteral } from "./literal.ts";

/** Annotations that something reads at run time: HTTP mapping, and what is on the way out. Those of validation become rules. */
const isKept = (key: string): boolean => /^api\./.test(key) || key === "deprecated";

/** The annotations that go into descriptors, as an object; undefined when there are none. */
export const annotationsDoc = (annotations: readonly Annotation[]): Doc | undefined => {
  const keys = [...new Set(annotations.map(({ key }) => key).filter(isKept))];
  if (keys.length === 0) return undefined;
  return objectDoc(
    keys.map((key) => {
      const values = annotationValues(annotations, key).map(textLiteral);
      const [first = '""'] = values;
      return propertyDoc(keyLiteral(key), values.length === 1 ? first : arrayDoc(values));
    }),
  );
};
