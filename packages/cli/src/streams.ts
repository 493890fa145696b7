/** Where a command writes; tests give their own. */
export interface CliStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}
