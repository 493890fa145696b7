import type { Assertion, CharMatcher, PatternNode } from "./node.ts";
import { PatternError } from "./pattern-error.ts";

/** A step of the machine. Numbers are places of other steps. */
export type Instruction =
  | { readonly kind: "char"; readonly matches: CharMatcher; readonly next: number }
  | { readonly kind: "assert"; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: "split"; readonly ways: number[] }
  | { readonly kind: "match" };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Repetitions are written out, so a short pattern may mean a long program. */
const MOST_INSTRUCTIONS = 10_000;

/** Thompson's construction, from the end to the beginning. @throws PatternError when the program would be too long */
export const compileProgram = (node: PatternNode): Program => {
  const instructions: Instruction[] = [];
  const add = (instruction: Instruction): number => {
    if (instructions.length >= MOST_INSTRUCTIONS)
      throw new PatternError("the pattern is too large with its repetitions written out");
    return instructions.push(instruction) - 1;
  };
  /** The place from which `of` leads to `next`. */
  const place = (of: PatternNode, next: number): number => {
    switch (of.kind) {
      case "char":
        return add({ kind: "char", matches: of.matches, next });
      case "assert":
        return add({ kind: "assert", assertion: of.assertion, next });
      case "sequence":
        return of.parts.reduceRight((following, part) => place(part, following), next);
      case "choice":
        return add({ kind: "split", ways: of.options.map((option) => place(option, next)) });
      case "repeat":
        return repeat(of, next);
    }
  };
  const repeat = ({ of, least, most }: PatternNode & { kind: "repeat" }, next: number): number => {
    let following = next;
    if (most === Infinity) {
      const ways = [next];
      const loop = add({ kind: "split", ways });
      ways.push(place(of, loop));
      following = loop;
    } else {
      for (let count = least; count < most; count++) {
        following = add({ kind: "split", ways: [place(of, following), next] });
      }
    }
    for (let count = 0; count < least; count++) following = place(of, following);
    return following;
  };
  const end = add({ kind: "match" });
  return { start: place(node, end), instructions };
};
