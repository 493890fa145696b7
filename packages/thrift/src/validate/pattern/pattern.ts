import { type Assertion, isWordChar } from "./node.ts";
import { parsePattern } from "./parse.ts";
import { compileProgram, type Instruction, type Program } from "./program.ts";

/** What was before a position: that is all that assertions have to know of the past. */
type Before = "start" | "newLine" | "word" | "other";

/** All the ways in which the text so far may go on. */
interface State {
  readonly places: readonly number[];
  readonly before: Before;
  /** States after an ASCII character, as far as they were needed. */
  readonly next: (State | undefined)[];
  /** Is it a match when the text ends here? Undefined until somebody asks. */
  atEnd: boolean | undefined;
}

const END = -1;
const NEW_LINE = 10;

/** More states than this are forgotten and made anew: memory stays bounded whatever the text is. */
const MOST_STATES = 500;

function newState(places: readonly number[], before: Before): State {
  return { places, before, next: new Array<State | undefined>(128).fill(undefined), atEnd: undefined };
}

/** `matched` stands for every state after a match: what follows no longer matters. */
const matched: State = newState([], "other");

/**
 * A regular expression of RE2 that answers whether a text contains a match, as Go's `regexp.MatchString`.
 *
 * It is a machine of its own and not JavaScript's `RegExp` because that one tries alternatives one after the other: patterns that Go matches in no
 * time, `^(a+)+$`, would let a text of forty characters block the process for hours. Here the time grows with the length of the text only, as all
 * alternatives advance together; sets of them that have been met are kept as states, so that a usual text costs a look-up per character.
 */
export class Pattern {
  readonly #program: Program;
  readonly #start: State = newState([], "start");
  readonly #states = new Map<string, State>();

  /** @throws PatternError */
  constructor(source: string) {
    this.#program = compileProgram(parsePattern(source));
  }

  test(text: string): boolean {
    let state = this.#start;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < 128) {
        state = state.next[unit] ?? this.#learn(state, unit);
      } else {
        const code = text.codePointAt(index) as number;
        if (code > 0xffff) index++;
        // Half a surrogate pair becomes this on the wire.
        state = this.#advance(state, code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
      }
      if (state === matched) return true;
    }
    state.atEnd ??= this.#closure(state, END) === undefined;
    return state.atEnd;
  }

  #learn(state: State, unit: number): State {
    const next = this.#advance(state, unit);
    state.next[unit] = next;
    return next;
  }

  #state(places: readonly number[], before: Before): State {
    const key = `${before}${places.join(",")}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      if (this.#states.size >= MOST_STATES) this.#forget();
      state = newState(places, before);
      this.#states.set(key, state);
    }
    return state;
  }

  /** States refer to each other, so all of them have to be cut loose. */
  #forget(): void {
    for (const state of [this.#start, ...this.#states.values()]) state.next.fill(undefined);
    this.#states.clear();
  }

  #advance(state: State, code: number): State {
    const closure = this.#closure(state, code);
    if (closure === undefined) return matched;
    const places = new Set<number>();
    for (const place of closure) {
      const instruction = this.#program.instructions[place] as Instruction;
      if (instruction.kind === "char" && instruction.matches(code)) places.add(instruction.next);
    }
    const before = code === NEW_LINE ? "newLine" : isWordChar(code) ? "word" : "other";
    return this.#state(
      [...places].sort((left, right) => left - right),
      before,
    );
  }

  /**
   * Every place that can be reached without taking up text, `code` being what comes next; a match may begin anywhere. Undefined where one ends.
   */
  #closure({ places, before }: State, code: number): ReadonlySet<number> | undefined {
    const { instructions, start } = this.#program;
    const reached = new Set<number>();
    const open = [...places, start];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (reached.has(place)) continue;
      reached.add(place);
      const instruction = instructions[place] as Instruction;
      if (instruction.kind === "match") return undefined;
      if (instruction.kind === "split") open.push(...instruction.ways);
      else if (instruction.kind === "assert" && holds(instruction.assertion, before, code)) open.push(instruction.next);
    }
    return reached;
  }
}

const holds = (assertion: Assertion, before: Before, code: number): boolean => {
  switch (assertion) {
    case "textStart":
      return before === "start";
    case "textEnd":
      return code === END;
    case "lineStart":
      return before === "start" || before === "newLine";
    case "lineEnd":
      return code === END || code === NEW_LINE;
    default:
      return ((before === "word") !== isWordChar(code)) === (assertion === "wordBoundary");
  }
};
