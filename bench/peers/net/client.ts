import { connect } from "node:net";
import { peerArguments } from "../../lib/arguments.ts";
import { type Caller, callersOf, runLoad } from "../../lib/load.ts";
import { payloadSizes } from "../../lib/payloads.ts";
import { readFrames, TurnWriter } from "./frames.ts";

const options = peerArguments();
const bytes = Buffer.alloc(payloadSizes[options.payload], "x");

const open = (): Caller<Uint8Array> => {
  const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
  const writer = new TurnWriter(socket);
  const waiting: ((frame: Uint8Array) => void)[] = [];
  let next = 0;
  readFrames(socket, (frame) => {
    waiting[next++]?.(frame);
    // Replies come in order; the queue is cut from time to time rather than shifted for each.
    if (next > 10_000) {
      waiting.splice(0, next);
      next = 0;
    }
  });
  return {
    call: () => {
      const reply = new Promise<Uint8Array>((resolve) => waiting.push(resolve));
      writer.frame(bytes);
      return reply;
    },
    sizeOf: (frame) => frame.length,
    check: (frame) => {
      if (!bytes.equals(frame)) throw new Error("the echo is not what was sent");
    },
  };
};

await runLoad(options, callersOf(options, open));
process.exit(0);
