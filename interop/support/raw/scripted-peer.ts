import { createServer, type Socket } from "node:net";
import { readUnit, type Unit } from "./units.ts";

/** A server that answers every request with the bytes that `answer` says; what it got is in `requests`. */
export interface ScriptedPeer extends AsyncDisposable {
  readonly address: string;
  readonly requests: readonly Unit[];
  /** Connections taken so far. */
  readonly accepted: number;
  answer: (request: Unit) => Buffer;
}

export async function startScriptedPeer(answer: (request: Unit) => Buffer): Promise<ScriptedPeer> {
  const requests: Unit[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    accepted++;
    sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      for (let unit = readUnit(received); unit !== undefined; unit = readUnit(received)) {
        received = received.subarray(unit.bytes);
        requests.push(unit);
        socket.write(peer.answer(unit));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { readonly port: number };
  const peer: ScriptedPeer = {
    address: `127.0.0.1:${port}`,
    requests,
    get accepted() {
      return accepted;
    },
    answer,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return peer;
}
