import { type ChildProcessByStdio, spawn } from "node:child_process";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** How long a program may take to end after SIGTERM before it is killed. */
const stopMs = 10_000;
/** How much of what a program wrote to stderr an error message quotes. */
const tailLength = 4_000;

interface Waiter {
  readonly take: (line: string) => boolean;
  readonly fail: (error: Error) => void;
}

/**
 * A child process that talks in lines.
 *
 * It is asked to end when standard input does, so that it cannot outlive a test run that is killed.
 */
export class Program implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiters = new Set<Waiter>();
  readonly #unclaimed: string[] = [];
  readonly #ended: Promise<Error>;
  #take: (line: string) => void = (line) => this.#unclaimed.push(line);
  #stderr = "";
  #end: string | undefined;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.name = basename(command);
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.#ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end ??= how;
        const error = this.#error(how);
        for (const waiter of this.#waiters) waiter.fail(error);
        this.#waiters.clear();
        resolve(error);
      };
      this.#child.on("error", (error) => end(`could not start: ${error.message}`));
      this.#child.on("close", (code, signal) => end(`ended with ${signal ?? `status ${code}`}`));
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#dispatch(line));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-tailLength);
    });
    // A write to a program that has just ended shows as its end, not as a broken pipe.
    this.#child.stdin.on("error", () => undefined);
  }

  /** Resolves when the program has ended, with what to tell those who still wait for it. */
  get ended(): Promise<Error> {
    return this.#ended;
  }

  /** Writes one line to standard input. */
  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /**
   * Waits for the first line that `pick` makes something of, counting lines that nobody has claimed yet.
   *
   * @throws when the time is over, or the program ends first.
   */
  next<T>(what: string, timeoutMs: number, pick: (line: string) => T | undefined): Promise<T> {
    for (const [index, line] of this.#unclaimed.entries()) {
      const value = pick(line);
      if (value === undefined) continue;
      this.#unclaimed.splice(index, 1);
      return Promise.resolve(value);
    }
    if (this.#end !== undefined) return Promise.reject(this.#error(`${this.#end} before ${what}`));
    return new Promise<T>((resolve, reject) => {
      const waiter: Waiter = {
        take: (line) => {
          const value = pick(line);
          if (value === undefined) return false;
          done();
          resolve(value);
          return true;
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.fail(this.#error(`no ${what} within ${timeoutMs} ms`)), timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      this.#waiters.add(waiter);
    });
  }

  /** Ends the program with SIGTERM, or by force when that is not enough; answers how it ended. */
  async stop(): Promise<string> {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), stopMs);
    await this.#ended;
    clearTimeout(timer);
    return this.#end ?? "";
  }

  /** Ends the program without a warning. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Gives every line to `take` that no waiter wants, from now on. */
  onLine(take: (line: string) => void): void {
    for (const line of this.#unclaimed.splice(0)) take(line);
    this.#take = take;
  }

  #dispatch(line: string): void {
    for (const waiter of this.#waiters) if (waiter.take(line)) return;
    this.#take(line);
  }

  #error(what: string): Error {
    return new Error(`${this.name}: ${what}${this.#stderr === "" ? "" : `; it wrote: ${this.#stderr}`}`);
  }
}
