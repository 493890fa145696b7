import type { Random } from "./random.ts";

/** A decoder, or a port, and what must hold for whatever it is given. */
export interface Target {
  /** An input; it depends on `random` alone. */
  make(random: Random): Buffer;
  /** Feeds it to the decoder. @throws whatever is wrong; an error that the decoder may answer with is caught here */
  run(input: Buffer, random: Random): void | Promise<void>;
  /** Ends what the target has opened, and checks what can only be checked in the end. */
  close?(): void | Promise<void>;
}

export interface TargetEntry {
  readonly name: string;
  /** What is fed, for the reader of the report. */
  readonly title: string;
  /** Its part of all inputs, in relation to the other targets. */
  readonly share: number;
  /** Loaded in the worker that runs it. */
  load(): Promise<Target>;
}
