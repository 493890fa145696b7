/** A promise and the means to settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

export const deferred = <T = void>(): Deferred<T> => {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  return { promise, resolve, reject };
};

/** A door that stays shut until it is opened: for handlers that are to wait. */
export class Gate {
  readonly #open = deferred();
  readonly #entered = deferred();
  count = 0;

  /** Waits at the gate. */
  pass(): Promise<void> {
    this.count++;
    this.#entered.resolve();
    return this.#open.promise;
  }

  /** Settles when somebody has come to the gate. */
  get entered(): Promise<void> {
    return this.#entered.promise;
  }

  open(): void {
    this.#open.resolve();
  }
}

/** Waits until `check` holds; for what happens on the other side of a socket. The test's own time limit bounds it. */
export const eventually = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 2));
};
