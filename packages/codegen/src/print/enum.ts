import type { ResolvedEnum } from "@kitex-ts/thrift/idl";
import { type Doc, hardline } from "../doc/doc.ts";
import { blockDoc } from "../doc/syntax.ts";
import { commentDoc } from "./comment.ts";
import { keyLiteral } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";

/** An enum: an object with the numbers, and an open type of the same name, since peers may know more of them. */
export const enumDocs = (scope: ModuleScope, declaration: ResolvedEnum): Doc => {
  const name = scope.name(declaration, "value");
  const members = declaration.values.map(
    (member): Doc => [commentDoc(member), `${keyLiteral(member.name)}: ${member.value},`],
  );
  return [
    commentDoc(declaration),
    `export const ${name} = `,
    blockDoc(members),
    " as const;",
    hardline,
    commentDoc(declaration),
    `export type ${name} = ${scope.runtime("OpenEnum")}<typeof ${name}>;`,
  ];
};
