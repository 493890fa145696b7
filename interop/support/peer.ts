import type { Json } from "./json.ts";
import type { Program } from "./program.ts";

const startMs = 20_000;
/** No call in the suites takes longer; without a limit a lost answer would look like a slow test. */
const answerMs = 60_000;

/** A server of another implementation, in its own process. */
export interface PeerServer extends AsyncDisposable {
  /** host:port. */
  readonly address: string;
  /** Waits until the oneway call with this token has arrived. */
  notified(token: string): Promise<void>;
  /** Ends it with SIGTERM and answers how it ended: `ended with status 0` when all is well. */
  stop(): Promise<string>;
  /** Ends it without a warning. */
  kill(): Promise<void>;
}

/** Waits until `program` says at which port it serves. */
export async function startPeerServer(program: Program): Promise<PeerServer> {
  const port = await program
    .next("READY line", startMs, (line) => /^READY (\d+)$/.exec(line)?.[1])
    .catch(async (error: unknown) => {
      await program.stop();
      throw error;
    });
  return {
    address: `127.0.0.1:${port}`,
    notified: async (token) => {
      const wanted = JSON.stringify({ event: "notified", token });
      await program.next(`notification ${token}`, answerMs, (line) => (line === wanted ? true : undefined));
    },
    stop: () => program.stop(),
    kill: () => program.kill(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

export interface PeerCallOptions {
  /** RPC timeout; default none. */
  readonly timeoutMs?: number;
  readonly transient?: Readonly<Record<string, string>>;
  readonly persistent?: Readonly<Record<string, string>>;
}

/** What the caller gets from another implementation's client. `ok` is null for void. */
export interface PeerAnswer {
  readonly ok?: Json;
  readonly error?: PeerFailure;
  /** Over TTHeader: every string pair of the reply's header. */
  readonly backward?: Readonly<Record<string, string>>;
}

export interface PeerFailure {
  readonly kind: "biz" | "exception" | "application" | "timeout" | "other";
  readonly message: string;
  /** The basic error of Kitex that it is, in Kitex' words; not of biz and exception. */
  readonly class?: string;
  /** Of biz. */
  readonly code?: number;
  /** Of biz. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Of exception: its name in the IDL. */
  readonly name?: string;
  /** Of exception. */
  readonly value?: Json;
  /** Of application. */
  readonly typeId?: number;
}

/** One client of another implementation. */
export interface PeerClient {
  /** Calls a method by its IDL name; the arguments have their IDL names and the form that `json.ts` describes. */
  call(method: string, args?: Readonly<Record<string, Json>>, options?: PeerCallOptions): Promise<PeerAnswer>;
  close(): Promise<void>;
}

/** The process in which another implementation's clients live. `Dial` says where to and how. */
export interface PeerClients<Dial extends object> extends AsyncDisposable {
  dial(dial: Dial): Promise<PeerClient>;
  /** Ends the process without a warning. */
  kill(): Promise<void>;
}

/** Clients in `program`, which takes a JSON object per line and answers with one; README.md shows them. */
export function peerClients<Dial extends object>(program: Program): PeerClients<Dial> {
  const pending = new Map<number, { resolve: (answer: PeerAnswer) => void; reject: (error: Error) => void }>();
  program.onLine((line) => {
    const { id, ...answer } = JSON.parse(line) as PeerAnswer & { id: number };
    pending.get(id)?.resolve(answer);
  });
  let end: Error | undefined;
  void program.ended.then((error) => {
    end = error;
    for (const { reject } of pending.values()) reject(error);
  });

  let lastId = 0;
  const ask = async (request: Readonly<Record<string, unknown>>): Promise<PeerAnswer> => {
    if (end !== undefined) throw end;
    const id = ++lastId;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<PeerAnswer>((resolve, reject) => {
      pending.set(id, { resolve, reject });
      timer = setTimeout(reject, answerMs, new Error(`${program.name}: no answer within ${answerMs} ms`));
    });
    program.write(JSON.stringify({ id, ...request }));
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      pending.delete(id);
    }
  };
  const must = async (request: Readonly<Record<string, unknown>>): Promise<void> => {
    const { error } = await ask(request);
    if (error !== undefined) throw new Error(`${program.name}: ${error.message}`);
  };

  let lastClient = 0;
  return {
    dial: async (dial) => {
      const client = `client-${++lastClient}`;
      await must({ op: "dial", client, ...dial });
      return {
        call: (method, args = {}, { timeoutMs, transient, persistent } = {}) =>
          ask({ op: "call", client, method, arguments: args, timeoutMs, metainfo: { transient, persistent } }),
        close: () => must({ op: "close", client }),
      };
    },
    kill: () => program.kill(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
