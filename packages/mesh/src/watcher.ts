import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signatureOf } from "./yaml/file-signature.ts";

/** A file counts as written when it stayed the same this long. */
const SETTLE_MS = 50;
const MAX_SETTLE_ROUNDS = 8;

/**
 * Watches files and folders, existing or not. The system's notifications make it quick; comparing sizes and times in an
 * interval makes it certain, also on network volumes and when files are replaced by renaming (editors, ConfigMaps).
 */
export class Watcher {
  readonly #intervalMs: number;
  readonly #reload: () => Promise<ReadonlyMap<string, string>>;
  /** Signatures by path, as of the last reading. */
  #seen: ReadonlyMap<string, string> = new Map();
  #notifiers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  #isDirty = false;
  #isClosed = false;

  /**
   * @param reload reads the source again and returns what it looked at, with signatures from before; it must not reject
   *   and is never called while it runs.
   */
  constructor(intervalMs: number, reload: () => Promise<ReadonlyMap<string, string>>) {
    this.#intervalMs = intervalMs;
    this.#reload = reload;
  }

  /** @param seen what was looked at when the source was read for the first time. */
  start(seen: ReadonlyMap<string, string>): void {
    this.#follow(seen);
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const notifier of this.#notifiers.values()) notifier.close();
    this.#notifiers.clear();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#check(), this.#intervalMs);
    this.#timer.unref();
  }

  async #check(): Promise<void> {
    this.#isDirty = true;
    if (this.#isChecking) return;
    this.#isChecking = true;
    while (this.#isDirty && !this.#isClosed) {
      this.#isDirty = false;
      if (await this.#hasChanged()) this.#follow(await this.#reload());
    }
    this.#isChecking = false;
    this.#schedule();
  }

  /** Waits until a change is complete: an editor may have emptied the file and not yet written it. */
  async #hasChanged(): Promise<boolean> {
    let before = await this.#look();
    if ([...this.#seen].every(([path, signature]) => before.get(path) === signature)) return false;
    for (let round = 0; round < MAX_SETTLE_ROUNDS && !this.#isClosed; round++) {
      await sleep(SETTLE_MS, undefined, { ref: false });
      const after = await this.#look();
      if ([...after].every(([path, signature]) => before.get(path) === signature)) break;
      before = after;
    }
    return !this.#isClosed;
  }

  async #look(): Promise<ReadonlyMap<string, string>> {
    const paths = [...this.#seen.keys()];
    return new Map(await Promise.all(paths.map(async (path) => [path, await signatureOf(path)] as const)));
  }

  #follow(seen: ReadonlyMap<string, string>): void {
    this.#seen = seen;
    if (this.#isClosed) return;
    const folders = new Set([...seen.keys()].flatMap((path) => [path, dirname(path)]));
    for (const [folder, notifier] of this.#notifiers) {
      if (folders.has(folder)) continue;
      notifier.close();
      this.#notifiers.delete(folder);
    }
    for (const folder of folders) if (!this.#notifiers.has(folder)) this.#notify(folder);
  }

  #notify(folder: string): void {
    const drop = (): void => {
      this.#notifiers.get(folder)?.close();
      this.#notifiers.delete(folder);
    };
    try {
      const notifier = watch(folder, { persistent: false }, () => void this.#check());
      notifier.on("error", drop);
      this.#notifiers.set(folder, notifier);
    } catch {
      // It does not exist, or the system's limit is reached: the interval is enough.
    }
  }
}
