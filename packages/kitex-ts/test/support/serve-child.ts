// A server in a process of its own: prints its address, runs until it is told to end, and says so.
import { createServer, server } from "../../src/index.ts";
import { Probe } from "../kitex_gen/probe/probe.ts";

const svr = createServer(server.withServiceAddr("127.0.0.1:0"), server.withExitWaitTime(10_000)).registerService(
  Probe,
  {
    echo: async (message) => message,
    find: async (name) => {
      process.stdout.write(`handling ${name}\n`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return name;
    },
    join: async (left) => left,
    now: async () => process.pid,
    reset: async () => {},
    note: async () => {},
  },
);
const ran = svr.run();
// `address` is there as soon as the port is bound.
while (svr.address === undefined) await new Promise((resolve) => setImmediate(resolve));
process.stdout.write(`listening ${svr.address}\n`);
await ran;
process.stdout.write("ended\n");
