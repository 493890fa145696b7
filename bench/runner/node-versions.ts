/** The lines of Node that can be compared. */
export const nodeMajors = ["20", "22", "24", "26"] as const;
export type NodeMajor = (typeof nodeMajors)[number];

// Plain JavaScript, because it runs before anything is installed; hence its type here.
const { nodeOfLine } = (await import(new URL("../../tools/toolchain.mjs", import.meta.url).href)) as {
  nodeOfLine(line: NodeMajor, say: (text: string) => void, fail: (text: string) => never): string;
};

/**
 * The program of a Node version, fetched once into `.toolchain`.
 *
 * @throws Error when it cannot be had
 */
export const nodeProgram = (major: NodeMajor): string => {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  return nodeOfLine(
    major,
    (text) => process.stderr.write(`bench: ${text}\n`),
    (text) => {
      throw new Error(text);
    },
  );
};
