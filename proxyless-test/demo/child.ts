import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const START_MS = 20_000;
const STOP_MS = 8_000;

/** Every process started and not yet ended; whatever way this one ends, they go with it. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A child process that says on standard output when it is ready, and then speaks in lines. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: string[] = [];

  private constructor(name: string, process: ChildProcess) {
    this.name = name;
    this.#process = process;
    running.add(process);
    process.once("exit", () => running.delete(process));
    this.#lines = createInterface({ input: process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors.push(text);
      if (this.#errors.length > 200) this.#errors.shift();
    });
  }

  /** Starts a program and waits for its line `READY …`; answers the child and what stood behind the word. */
  static async start(
    name: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ child: Child; ready: string }> {
    const process_ = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    const child = new Child(name, process_);
    for (;;) {
      const line = await child.line(START_MS);
      if (line === "READY") return { child, ready: "" };
      if (line.startsWith("READY ")) return { child, ready: line.slice("READY ".length) };
    }
  }

  /** The next line of standard output. */
  async line(timeoutMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failure(`said nothing for ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      const next = await Promise.race([this.#lines.next(), late]);
      if (next.done === true) throw this.#failure("ended");
      return next.value;
    } finally {
      clearTimeout(timer);
    }
  }

  send(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** What the process wrote to standard error. */
  get stderr(): string {
    return this.#errors.join("");
  }

  /** Asks the process to end and waits for it; SIGKILL makes it die at once, as a crashed pod does. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #failure(what: string): Error {
    const errors = this.stderr.trim();
    return new Error(`${this.name} ${what}${errors === "" ? "" : `; it wrote:\n${errors}`}`);
  }
}
