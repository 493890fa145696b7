/** How long a call of Gather waits for the others. */
const gatherMs = 30_000;

interface Group {
  members: number;
  readonly complete: PromiseWithResolvers<void>;
}

/** Lets calls wait for each other: the method Gather of our server. */
export class Groups {
  readonly #named = new Map<string, Group>();

  /** Resolves when `count` callers have joined the group of this name. */
  async join(name: string, count: number): Promise<void> {
    const group = this.#named.get(name) ?? { members: 0, complete: Promise.withResolvers<void>() };
    this.#named.set(name, group);
    group.members++;
    if (group.members === count) {
      this.#named.delete(name);
      group.complete.resolve();
    }
    const late = (): void => {
      group.complete.reject(new Error(`${group.members} of ${count} calls have come to ${name} in ${gatherMs} ms`));
    };
    const timer = setTimeout(late, gatherMs);
    try {
      await group.complete.promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
