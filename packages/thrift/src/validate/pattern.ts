import { RE2JS, RE2JSException } from "re2js";
import { PatternError } from "./pattern-error.ts";
import { writtenOutSize } from "./pattern-size.ts";

/** What a pattern may cost: characters take time to compile, steps of the program take memory, and time with each character of a text. */
interface PatternLimits {
  readonly length: number;
  /** With its repetitions written out. */
  readonly size: number;
}

const fromTheIdl: PatternLimits = { length: 4096, size: 10_000 };

/** Who sends the message may have chosen this one, so it gets less. */
const fromTheMessage: PatternLimits = { length: 256, size: 1000 };

/**
 * A regular expression that answers whether a text contains a match, as Go's `regexp.MatchString`: in time proportional to the text, which
 * JavaScript's own expressions do not promise.
 */
export class Pattern {
  readonly #compiled: RE2JS;

  /** @throws PatternError when Go would refuse it, too, or it is too large */
  constructor(source: string, limits: PatternLimits = fromTheIdl) {
    if (source.length > limits.length) {
      throw new PatternError(`the pattern has ${source.length} characters, more than ${limits.length}`);
    }
    // Before it is compiled: Go's own limit of 1000 for a repetition lets a pattern of a few thousand characters take hundreds of megabytes.
    if (writtenOutSize(source) > limits.size) {
      throw new PatternError(`the pattern has more than ${limits.size} steps with its repetitions written out`);
    }
    try {
      this.#compiled = RE2JS.compile(source);
    } catch (error) {
      if (!(error instanceof RE2JSException)) throw error;
      throw new PatternError(error.message.replace(/^error parsing regexp: /, ""));
    }
  }

  /** A pattern that is the value of another field. @throws PatternError */
  static fromMessage(source: string): Pattern {
    return new Pattern(source, fromTheMessage);
  }

  /** Bytes are looked at as UTF-8, each that is none as U+FFFD. */
  test(text: string | Uint8Array): boolean {
    // Half a surrogate pair becomes U+FFFD on the wire.
    return this.#compiled.test(typeof text === "string" ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text);
  }
}
