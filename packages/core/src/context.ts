import { CancelSlot } from "./cancel.ts";
import type { MetaInfo } from "./metainfo.ts";
import { type RPCInfo, unknownRPCInfo } from "./rpcinfo.ts";

/** A typed name under which a `Context` keeps a value. Made by {@link createContextKey}. */
export interface ContextKey<T> {
  readonly id: symbol;
  readonly defaultValue: T;
}

/** Makes a key for `ctx.withValue` and `ctx.value`. `description` shows in debuggers only. */
export const createContextKey = <T>(defaultValue: T, description?: string): ContextKey<T> => ({
  id: Symbol(description),
  defaultValue,
});

/** A persistent list: deriving a context adds one cell and copies nothing. */
interface ValueCell {
  readonly id: symbol;
  readonly value: unknown;
  readonly next: ValueCell | undefined;
}

/** Keeps the backward metainfo of a call: what a handler sends with its reply, or what a caller asked to receive. */
export interface BackwardValues {
  backwardValues: Map<string, string> | undefined;
}

/**
 * What a handler or middleware knows about the call it works for: deadline, cancellation, metainfo, RPCInfo, user values. Never mutated
 * after hand-off; derive with `withValue` or the functions of `metainfo`. Go: `context.Context`.
 */
export class Context {
  /** Monotonic milliseconds (`performance.now()`) after which nobody waits any more; `Infinity` without a limit. */
  readonly deadline: number;
  /** @internal metainfo of this call; use the functions of `metainfo`. */
  readonly metaInfo: MetaInfo | undefined;
  /** @internal Receives what callees send back; undefined unless asked for. */
  readonly backward: BackwardValues | undefined;
  /** @internal */
  readonly cells: ValueCell | undefined;

  constructor(
    deadline: number,
    metaInfo: MetaInfo | undefined,
    backward: BackwardValues | undefined,
    cells: ValueCell | undefined,
  ) {
    this.deadline = deadline;
    this.metaInfo = metaInfo;
    this.backward = backward;
    this.cells = cells;
  }

  /** @internal The call's cancellation; undefined where nothing can cancel (background). Derived contexts share their parent's. */
  get cancelSlot(): CancelSlot | undefined {
    return undefined;
  }

  /** @internal The context this one was derived from, at the end of the line: the call itself inside a call. */
  get root(): Context {
    return this;
  }

  /** @internal What the handler sends with its reply; undefined outside handlers. Never what callees sent: that is theirs to tell. */
  get reply(): BackwardValues | undefined {
    return undefined;
  }

  /** @internal The method that is called, empty outside any call: what calls made on its behalf say they come from. */
  get methodName(): string {
    return "";
  }

  /** From, to, invocation, config and stats of the call. In a context outside any call all fields are empty. */
  get rpcInfo(): RPCInfo {
    return unknownRPCInfo;
  }

  /**
   * Aborted when the call is cancelled, timed out, or its caller has gone, while the handler runs: work that goes on behind it needs a limit of its
   * own. Made on first access: calls that never read it pay nothing.
   */
  get signal(): AbortSignal {
    return this.cancelSlot?.signal ?? neverAborted.signal;
  }

  /** Milliseconds left until the deadline: `Infinity` without one, never negative. */
  get remainingMs(): number {
    return this.deadline === Infinity ? Infinity : Math.max(0, this.deadline - performance.now());
  }

  /** The nearest value set for `key`, or the key's default. */
  value<T>(key: ContextKey<T>): T {
    for (let cell = this.cells; cell !== undefined; cell = cell.next) if (cell.id === key.id) return cell.value as T;
    return key.defaultValue;
  }

  /** A context like this one in which `key` has `value`. */
  withValue<T>(key: ContextKey<T>, value: T): Context {
    return new DerivedContext(this, this.deadline, this.metaInfo, this.backward, {
      id: key.id,
      value,
      next: this.cells,
    });
  }

  /**
   * A context like this one whose deadline is at most `timeoutMs` from now. The caller's deadline stays an upper bound.
   *
   * @throws RangeError when `timeoutMs` is no number: a calculation that went wrong must not become a call without a limit
   */
  withTimeout(timeoutMs: number): Context {
    if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)) {
      throw new RangeError(`withTimeout: milliseconds as a number, got ${String(timeoutMs)}`);
    }
    const deadline = Math.min(this.deadline, performance.now() + timeoutMs);
    return new DerivedContext(this, deadline, this.metaInfo, this.backward, this.cells);
  }

  /** @internal */
  withMetaInfo(metaInfo: MetaInfo | undefined): Context {
    return new DerivedContext(this, this.deadline, metaInfo, this.backward, this.cells);
  }

  /** @internal */
  withBackward(backward: BackwardValues): Context {
    return new DerivedContext(this, this.deadline, this.metaInfo, backward, this.cells);
  }
}

class DerivedContext extends Context {
  /** However long the line of contexts is that this one ends. */
  readonly #root: Context;

  constructor(
    parent: Context,
    deadline: number,
    metaInfo: MetaInfo | undefined,
    backward: BackwardValues | undefined,
    cells: ValueCell | undefined,
  ) {
    super(deadline, metaInfo, backward, cells);
    this.#root = parent.root;
  }

  override get cancelSlot(): CancelSlot | undefined {
    return this.#root.cancelSlot;
  }

  override get root(): Context {
    return this.#root;
  }

  override get signal(): AbortSignal {
    return this.#root.signal;
  }

  override get reply(): BackwardValues | undefined {
    return this.#root.reply;
  }

  override get methodName(): string {
    return this.#root.methodName;
  }

  override get rpcInfo(): RPCInfo {
    return this.#root.rpcInfo;
  }
}

const neverAborted = new CancelSlot();
const backgroundContext = new Context(Infinity, undefined, undefined, undefined);

/** The context of a program that serves no call: no deadline, no metainfo, never cancelled. Go: `context.Background()`. */
export const background = (): Context => backgroundContext;
