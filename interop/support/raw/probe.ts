import { connect } from "node:net";
import { readUnit, type Unit } from "./units.ts";

/** How long a server may leave bytes without an answer before the call that follows is sent; what is judged is only its answer or the end. */
const quietMs = 400;
/** Between an answer and the call that follows: a server that closes behind its answer does so first. */
const pauseMs = 50;
/** Kitex waits 5 s for bytes that do not come. */
const endMs = 15_000;

/** What a server did with bytes: its answers to them, and whether the connection has served the call that followed. */
export interface Reaction {
  readonly answers: readonly Unit[];
  readonly end: "open" | "closed" | "hangs";
}

export interface Probe {
  readonly bytes: Buffer;
  /** A good call on the same connection. */
  readonly follower: Buffer;
  /** The sequence id of that call. */
  readonly followerId: number;
  /** `alone`: the good call is only sent behind an answer. `half-closed`: it is not sent, but this side of the connection ended. */
  readonly how?: "alone" | "half-closed";
}

export const probe = (address: string, { bytes, follower, followerId, how }: Probe): Promise<Reaction> =>
  new Promise((resolve) => {
    const [host, port] = address.split(":");
    const socket = connect({ host, port: Number(port), noDelay: true });
    const answers: Unit[] = [];
    let received: Buffer = Buffer.alloc(0);
    let isAsked = how === "half-closed";
    const ask = (): void => {
      if (isAsked) return;
      isAsked = true;
      socket.write(follower);
    };
    const quiet = how === undefined ? setTimeout(ask, quietMs) : undefined;
    const over = setTimeout(() => finish("hangs"), endMs);
    const finish = (end: Reaction["end"]): void => {
      clearTimeout(quiet);
      clearTimeout(over);
      socket.destroy();
      resolve({ answers, end });
    };
    // Its close follows.
    socket.on("error", () => undefined);
    socket.on("close", () => finish("closed"));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let unit = readUnit(received); unit !== undefined; unit = readUnit(received)) {
        received = received.subarray(unit.bytes);
        if (unit.sequenceId === followerId) return finish("open");
        answers.push(unit);
      }
      setTimeout(ask, pauseMs);
    });
    socket.write(bytes);
    if (how === "half-closed") socket.end();
  });
