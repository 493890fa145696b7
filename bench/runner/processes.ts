import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const running = new Set<Child>();
const endAll = (): void => {
  for (const child of running) child.kill("SIGKILL");
};
process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

const taskset = ["/usr/bin/taskset", "/bin/taskset"].find(existsSync);

/** The cores this process may use. */
const allowedCores = (): readonly number[] => {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return list.split(",").flatMap((range) => {
      const [first, last = first] = range.split("-").map(Number);
      return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
    });
  } catch {
    return [];
  }
};

/** The core of each side, so that neither takes time from the other; undefined where that cannot be. */
export const cores: { readonly server: number; readonly client: number } | undefined = (() => {
  const [server, client] = allowedCores();
  return taskset === undefined || server === undefined || client === undefined ? undefined : { server, client };
})();

/** Starts a program on one core. It ends with this process at the latest, however that ends. */
export const start = (command: readonly string[], side: "server" | "client"): Child => {
  // taskset becomes the program: its pid is the program's.
  const words =
    taskset === undefined || cores === undefined ? command : [taskset, "-c", String(cores[side]), ...command];
  const [program = "", ...args] = words;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  child.on("close", () => running.delete(child));
  child.on("error", () => running.delete(child));
  child.stdin.on("error", () => undefined);
  return child;
};

/** How much of what a program wrote to stderr an error quotes. */
const tailLength = 1000;

/**
 * Hands each line that a program prints to `onLine` until that makes something of one.
 *
 * @throws Error when the time is over or the program ends first
 */
export const untilLine = <T>(
  child: Child,
  what: string,
  timeoutMs: number,
  onLine: (line: string) => T | undefined,
): Promise<T> =>
  new Promise((resolve, reject) => {
    let stderr = "";
    const lines = createInterface({ input: child.stdout });
    const fail = (how: string): void => {
      clearTimeout(timer);
      reject(new Error(`${how}, no ${what}${stderr === "" ? "" : `: ${stderr.trim()}`}`));
    };
    const timer = setTimeout(() => fail(`after ${timeoutMs / 1000} s`), timeoutMs);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-tailLength);
    });
    child.on("error", (error) => fail(error.message));
    child.on("close", (code, signal) => fail(`ended with ${signal ?? `status ${code}`}`));
    lines.on("line", (line) => {
      const made = onLine(line);
      if (made === undefined) return;
      clearTimeout(timer);
      lines.removeAllListeners("line");
      resolve(made);
    });
  });

/** Ends a program by force and waits for its end. */
export const end = (child: Child): Promise<void> =>
  new Promise((resolve) => {
    if (!running.has(child)) {
      resolve();
      return;
    }
    child.on("close", () => resolve());
    child.kill("SIGKILL");
  });
