import { connect, createServer, type Socket } from "node:net";

export type Side = "request" | "answer";

/** A cut that has been ordered: `bytes` more of one side pass on a connection, then both of its ends are closed. */
interface Cut {
  readonly side: Side;
  readonly bytes: number;
  readonly how: "end" | "reset";
  readonly passed: Map<Socket, number>;
  readonly done: () => void;
}

/** A point on the way between a client and a server where connections are counted, cut, and their bytes changed. */
export interface Relay extends AsyncDisposable {
  /** host:port for the client. */
  readonly address: string;
  /** Connections taken so far. */
  readonly accepted: number;
  /** Bytes of requests that have passed. */
  readonly requested: number;
  /** Cuts the first connection on which so many more bytes of `side` have passed. Resolves when it is cut. */
  cut(side: Side, bytes: number, how: "end" | "reset"): Promise<void>;
  /** What passes for what comes; undefined: the same. */
  change: ((side: Side, bytes: Buffer) => Buffer) | undefined;
}

export async function startRelay(target: string): Promise<Relay> {
  const [host = "", port] = target.split(":");
  const sockets = new Set<Socket>();
  let accepted = 0;
  let requested = 0;
  let cut: Cut | undefined;

  const close = (socket: Socket, how: "end" | "reset"): void => {
    if (how === "reset") socket.resetAndDestroy();
    else socket.end(() => socket.destroy());
  };
  /** Passes what comes from `from` on to `to`. */
  const join = (from: Socket, to: Socket, side: Side): void => {
    sockets.add(from);
    from.on("data", (bytes: Buffer) => {
      const chunk = relay.change?.(side, bytes) ?? bytes;
      if (side === "request") requested += chunk.length;
      if (cut?.side !== side) {
        if (!to.destroyed) to.write(chunk);
        return;
      }
      const before = cut.passed.get(from) ?? 0;
      cut.passed.set(from, before + chunk.length);
      const { bytes: most, how, done } = cut;
      if (before + chunk.length < most) {
        to.write(chunk);
        return;
      }
      cut = undefined;
      from.removeAllListeners("data").resume();
      // A reset could overtake what was written before it.
      to.write(chunk.subarray(0, most - before), () => {
        close(to, how);
        close(from, how);
        done();
      });
    });
    from.on("error", () => to.destroy());
    from.on("end", () => to.end());
    from.on("close", (hadError: boolean) => {
      sockets.delete(from);
      if (hadError) to.destroy();
      else if (!to.destroyed) to.end();
    });
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted++;
    const onward = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    join(client, onward, "request");
    join(onward, client, "answer");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", 511, resolve);
  });
  const bound = server.address() as { readonly port: number };
  const relay: Relay = {
    address: `127.0.0.1:${bound.port}`,
    get accepted() {
      return accepted;
    },
    get requested() {
      return requested;
    },
    cut: (side, bytes, how) =>
      new Promise((done) => {
        cut = { side, bytes, how, passed: new Map(), done };
      }),
    change: undefined,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return relay;
}
