import { spawn } from "node:child_process";
import { join } from "node:path";

/** The server of `serve-child.ts`, running. It is killed, if it has not ended, when the test leaves it. */
export interface Child extends AsyncDisposable {
  readonly address: string;
  readonly pid: number | undefined;
  /** How it ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly by: string | null }>;
  /** Waits until `text` has been printed, and answers all that was. */
  printed(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export const startChild = async (): Promise<Child> => {
  const child = spawn(
    process.execPath,
    ["--conditions=@kitex-ts/source", join(import.meta.dirname, "serve-child.ts")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  // `close` comes when the output has been read, too.
  const exited: Child["exited"] = new Promise((resolve) => {
    child.once("close", (code, by) => resolve({ code, by }));
  });
  const printed = async (text: string): Promise<string> => {
    while (!output.includes(text)) {
      await new Promise<void>((resolve, reject) => {
        child.stdout.once("data", () => resolve());
        child.once("close", () => reject(new Error(`the server ended; it printed: ${output}`)));
      });
    }
    return output;
  };
  const address = /listening (\S+)\n/.exec(await printed("\n"))?.[1] ?? "";
  return {
    address,
    pid: child.pid,
    exited,
    printed,
    kill: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
};
