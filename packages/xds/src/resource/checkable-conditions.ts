import { messageOf } from "@kitex-ts/core/internal";

/** Sorts the conditions of a route into those that can be checked and the reasons why others cannot. */
export class CheckableConditions {
  readonly #reasons: string[] = [];

  /** A condition that cannot be checked. */
  add(reason: string): void {
    this.#reasons.push(reason);
  }

  /** The condition as it is checked; undefined, with the reason kept, when `decode` refuses it. */
  check<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      this.#reasons.push(messageOf(error));
      return undefined;
    }
  }

  /** Those that can be checked, in order. */
  checkAll<M, T>(messages: readonly M[], decode: (message: M) => T): readonly T[] {
    return messages.flatMap((message) => {
      const condition = this.check(() => decode(message));
      return condition === undefined ? [] : [condition];
    });
  }

  /** Why the route cannot be judged; undefined when every condition can be checked. */
  get unchecked(): string | undefined {
    return this.#reasons.length === 0 ? undefined : this.#reasons.join("; ");
  }
}
