import type { ResolvedFile } from "@kitex-ts/thrift/idl";
import { type Doc, hardline, join } from "../doc/doc.ts";
import { printDoc } from "../doc/print-doc.ts";
import type { Declaration } from "../names/module-exports.ts";
import { declarationsOf } from "../names/module-exports.ts";
import { constantDocs, prerequisites } from "./constant.ts";
import { enumDocs } from "./enum.ts";
import type { Generation } from "./generation.ts";
import { headOf } from "./head.ts";
import { importDocs } from "./imports.ts";
import { ModuleScope } from "./module-scope.ts";
import { serviceDocs } from "./service.ts";
import { exceptionDocs, structDocs, unionDocs } from "./struct.ts";
import { typedefDocs } from "./typedef.ts";

/** The TypeScript of one IDL. */
export const printModule = (generation: Generation, file: ResolvedFile): string => {
  const scope = new ModuleScope(generation, file);
  const body = inOrder(file).map((declaration) => declarationDocs(scope, declaration));
  const imports = importDocs(scope.imports, scope.codecs);
  const blocks: readonly Doc[] = [
    headOf(file),
    ...(imports.length === 0 ? [] : [join(hardline, imports)]),
    ...(body.length === 0 ? ["export {};"] : body),
  ];
  return `${printDoc(join([hardline, hardline], blocks))}\n`;
};

const declarationDocs = (scope: ModuleScope, declaration: Declaration): Doc => {
  switch (declaration.kind) {
    case "const":
      return constantDocs(scope, declaration);
    case "typedef":
      return typedefDocs(scope, declaration);
    case "enum":
      return enumDocs(scope, declaration);
    case "struct":
      return structDocs(scope, declaration);
    case "union":
      return unionDocs(scope, declaration);
    case "exception":
      return exceptionDocs(scope, declaration);
    case "service":
      return serviceDocs(scope, declaration);
  }
};

/** As in the IDL, except that what a constant needs to come into being stands before it. */
const inOrder = (file: ResolvedFile): readonly Declaration[] => {
  const byPlace = [...declarationsOf(file)].sort((left, right) => left.location.span.start - right.location.span.start);
  const ordered = new Set<Declaration>();
  for (const declaration of byPlace) {
    if (declaration.kind === "const") {
      for (const needed of prerequisites(declaration.value)) if (needed.file === file) ordered.add(needed);
    }
    ordered.add(declaration);
  }
  return [...ordered];
};
