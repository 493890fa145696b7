/** An input that something went wrong with. */
export interface Finding {
  /** Number of the input. */
  readonly index: number;
  readonly kind: "wrong" | "hang" | "memory" | "crash";
  readonly detail: string;
  /** The beginning of the input in hex, as far as it is known. */
  readonly input: string;
}

/** What a worker tells: findings as they come, and its end. */
export type WorkerMessage =
  | { readonly type: "finding"; readonly finding: Finding }
  | { readonly type: "done"; readonly next: number };

/** What a worker is told. */
export interface WorkerOrder {
  /** Address of the module with the table of targets. */
  readonly targets: string;
  readonly target: string;
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  /** Where the number of the current input stands, for who watches from outside. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}
