/** An argument of a call, before anything is looked up. */
export type CallArgument =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "call"; readonly call: CallNode };

/** `@name(argument, …)`. */
export interface CallNode {
  readonly name: string;
  readonly args: readonly CallArgument[];
}

const DEEPEST = 16;

/** Reads a call as the annotations of thrift-gen-validator have them; undefined for anything else. */
export const parseCall = (text: string): CallNode | undefined => {
  let at = 0;
  const match = (expression: RegExp): RegExpExecArray | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(text) ?? undefined;
    if (found !== undefined) at += found[0].length;
    return found;
  };
  const argument = (depth: number): CallArgument | undefined => {
    const number = match(/([-+]?(?:0[xob])?[\dA-Fa-f]*\.?\d+(?:[eE][-+]?\d+)?|0x[\dA-Fa-f]+)\s*/y)?.[1];
    if (number !== undefined) return { kind: "number", text: number };
    const quoted = match(/(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')\s*/sy);
    if (quoted !== undefined) {
      return { kind: "text", value: (quoted[1] ?? quoted[2] ?? "").replace(/\\(["'\\])/g, "$1") };
    }
    const name = match(/\$([A-Za-z_][\w.]*)\s*/y)?.[1];
    if (name !== undefined) return { kind: "field", name };
    const inner = call(depth + 1);
    return inner === undefined ? undefined : { kind: "call", call: inner };
  };
  const call = (depth: number): CallNode | undefined => {
    const name = depth > DEEPEST ? undefined : match(/@([A-Za-z_][\w.]*)\s*\(\s*/y)?.[1];
    if (name === undefined) return undefined;
    const args: CallArgument[] = [];
    while (match(/\)\s*/y) === undefined) {
      const next = argument(depth);
      if (next === undefined) return undefined;
      args.push(next);
      match(/[,;]\s*/y);
    }
    return { name, args };
  };
  const whole = call(0);
  return at === text.length ? whole : undefined;
};
