import { type AddressInfo, createServer } from "node:net";
import { peerArguments } from "../../lib/arguments.ts";
import { readFrames, TurnWriter } from "./frames.ts";

// The limit: length-prefixed bytes, echoed. Everything an RPC framework adds is measured against this.
const server = createServer({ noDelay: true }, (socket) => {
  const writer = new TurnWriter(socket);
  readFrames(socket, (frame) => writer.frame(frame));
  socket.on("error", () => socket.destroy());
});
server.listen(peerArguments().port, "127.0.0.1", () => {
  process.stdout.write(`READY ${(server.address() as AddressInfo).port}\n`);
});
process.on("SIGTERM", () => process.exit(0));
