import { connect } from "node:net";
import { peerArguments } from "../../lib/arguments.ts";
import { checkSize, runLoad } from "../../lib/load.ts";
import { readFrames, TurnWriter } from "./frames.ts";

const options = peerArguments();
const bytes = Buffer.alloc({ "64": 64, "1k": 1024, "16k": 16_384, rich: 1000 }[options.payload], "x");
const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
const writer = new TurnWriter(socket);
const waiting: ((size: number) => void)[] = [];
let next = 0;
readFrames(socket, (frame) => {
  waiting[next++]?.(frame.length);
  // Replies come in order; the queue is cut from time to time rather than shifted for each.
  if (next > 10_000) {
    waiting.splice(0, next);
    next = 0;
  }
});
await runLoad(options, async () => {
  const reply = new Promise<number>((resolve) => waiting.push(resolve));
  writer.frame(bytes);
  checkSize(await reply, bytes.length);
});
socket.destroy();
