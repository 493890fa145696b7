import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin } from "../build.ts";
import { Program } from "./program.ts";

const command = join(bin, "tls-relay");

/** Certificates that Go's crypto/x509 made: `client`, `server` and `expired` are signed by `ca`, `stranger` by `other`. */
export class Certificates implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<Certificates> {
    const folder = await mkdtemp(join(tmpdir(), "kitex-interop-"));
    await promisify(execFile)(command, ["certificates", folder]);
    return new Certificates(folder);
  }

  /** Where the certificate of this name is. */
  file(name: string): string {
    return join(this.#folder, `${name}.pem`);
  }

  keyFile(name: string): string {
    return join(this.#folder, `${name}.key`);
  }

  text(name: string): Promise<string> {
    return readFile(this.file(name), "utf8");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }
}

/** What a relay says of a handshake. */
export interface Handshake {
  readonly event: "secured" | "refused";
  readonly reason?: string;
  readonly version?: string;
  readonly serverName?: string;
  readonly alpn?: string;
  /** Common name in the peer's certificate. */
  readonly peer?: string;
}

export interface TLSRelayOptions {
  /** `terminate`: TLS comes, plaintext goes on. `originate`: plaintext comes, TLS goes on. */
  readonly role: "terminate" | "originate";
  readonly target: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly "server-name"?: string;
  readonly alpn?: string;
  readonly "max-version"?: string;
}

/** Go's crypto/tls at one end of a connection. */
export interface TLSRelay extends AsyncDisposable {
  readonly address: string;
  /** Waits for the next handshake that ended so. */
  next(event: Handshake["event"]): Promise<Handshake>;
}

export async function startTLSRelay({ role, ...flags }: TLSRelayOptions): Promise<TLSRelay> {
  const args = Object.entries(flags).flatMap(([flag, value]) => [`-${flag}`, value]);
  const program = new Program(command, [role, ...args]);
  const port = await program.next("READY line", 20_000, (line) => /^READY (\d+)$/.exec(line)?.[1]);
  return {
    address: `127.0.0.1:${port}`,
    next: (event) =>
      program.next(`handshake (${event})`, 20_000, (line) => {
        const handshake = JSON.parse(line) as Handshake;
        return handshake.event === event ? handshake : undefined;
      }),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
