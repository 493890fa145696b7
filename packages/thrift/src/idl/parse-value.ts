import type { ListNode, MapNode, ValueNode } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { rejectUnknownEscapes } from "./parse-type.ts";
import { spanOf } from "./token.ts";

/** A constant value as written. */
export const parseValue = (cursor: Cursor, depth = 1): ValueNode => {
  cursor.checkNesting(depth);
  const token = cursor.current;
  const span = spanOf(token);
  switch (token.kind) {
    case "int":
      cursor.advance();
      return { kind: "int", value: BigInt(token.value ?? 0), span };
    case "double":
      cursor.advance();
      return { kind: "double", value: Number(token.value), span };
    case "string": {
      cursor.advance();
      rejectUnknownEscapes(cursor, token);
      const bytes = token.detail?.bytes;
      return { kind: "string", value: String(token.value), ...(bytes === undefined ? {} : { bytes }), span };
    }
    case "name":
      cursor.advance();
      if (token.text === "true" || token.text === "false") return { kind: "bool", value: token.text === "true", span };
      return { kind: "reference", name: token.text, span };
    default:
      if (token.text === "[") return parseList(cursor, depth);
      if (token.text === "{") return parseMap(cursor, depth);
      return cursor.expected("a value");
  }
};

const parseList = (cursor: Cursor, depth: number): ListNode => {
  const open = cursor.advance();
  const values: ValueNode[] = [];
  while (!cursor.done && !cursor.is("]") && !cursor.atDefinition()) {
    values.push(parseValue(cursor, depth + 1));
    if (cursor.is(":")) cursor.expected("`,` or `]` in a list", "use `{` and `}` for a map");
    cursor.separator();
  }
  cursor.expect("]", "to close the list");
  return { kind: "list", values, span: cursor.spanFrom(open) };
};

const parseMap = (cursor: Cursor, depth: number): MapNode => {
  const open = cursor.advance();
  const entries: { key: ValueNode; value: ValueNode }[] = [];
  while (!cursor.done && !cursor.is("}") && !cursor.atDefinition()) {
    const key = parseValue(cursor, depth + 1);
    cursor.expect(":", "after a map key", "write `key: value`; lists and sets use `[` and `]`");
    entries.push({ key, value: parseValue(cursor, depth + 1) });
    cursor.separator();
  }
  cursor.expect("}", "to close the map");
  return { kind: "map", entries, span: cursor.spanFrom(open) };
};
