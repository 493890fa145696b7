/** The folders that belong on PATH, fetched where necessary. `fail` ends the run. */
export declare function toolchain(
  say: (line: string) => void,
  fail: (line: string) => never,
): { readonly node: string; readonly pnpm: string };

/** The `node` programs of every supported line, fetched where necessary, by line: "20", "22", "24", "26". Linux only, where they are locked. */
export declare function nodeLines(
  say: (line: string) => void,
  fail: (line: string) => never,
): Readonly<Record<"20" | "22" | "24" | "26", string>>;
