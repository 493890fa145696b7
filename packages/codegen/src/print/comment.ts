import { annotationValue, type ResolvedDeclaration } from "@kitex-ts/thrift/idl";
import { type Doc, hardline, join } from "../doc/doc.ts";
import { visible } from "./literal.ts";

/** Keeps a comment from ending before its end, and from hiding anything. */
const harmless = (line: string): string => visible(line.replaceAll("\t", "  ").replaceAll("*/", "*\\/"));

/** The comment of a definition as JSDoc, followed by a newline; nothing when there is nothing to say. */
export const commentDoc = (declaration: ResolvedDeclaration, tags: readonly string[] = []): Doc => {
  const lines = declaration.doc?.split("\n") ?? [];
  const reason = annotationValue(declaration.annotations, "deprecated");
  if (reason !== undefined && !lines.some((line) => line.includes("@deprecated"))) {
    lines.push(reason === "1" || reason === "" ? "@deprecated" : `@deprecated ${reason.split("\n").join(" ")}`);
  }
  return linesDoc([...lines, ...tags].map(harmless));
};

const linesDoc = (lines: readonly string[]): Doc => {
  const [first] = lines;
  if (first === undefined) return "";
  if (lines.length === 1) return [`/** ${first} */`, hardline];
  return [
    "/**",
    hardline,
    join(
      hardline,
      lines.map((line) => (line === "" ? " *" : ` * ${line}`)),
    ),
    hardline,
    " */",
    hardline,
  ];
};
