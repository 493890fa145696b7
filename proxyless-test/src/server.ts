import { setTimeout as sleep } from "node:timers/promises";
import { type Context, createServer, server } from "kitex-ts";
import { GreetService, type HelloRequest, type HelloResponse } from "../kitex_gen/proxyless/proxyless.ts";

/** The longest a caller can make the greeter wait. */
const MAX_WAIT_MS = 10_000;

/** A caller may ask for a slow answer, to see timeouts at work: `wait 2000 ms`. */
const requestedWaitMs = (message: string): number => {
  const wanted = /^wait (\d{1,6}) ms$/.exec(message)?.[1];
  return wanted === undefined ? 0 : Math.min(Number(wanted), MAX_WAIT_MS);
};

/** Serves GreetService; every answer says which version gave it, as `VERSION` names it. */
export const runServer = async (): Promise<void> => {
  const version = process.env["VERSION"] ?? "unknown";
  const greet = async (request: HelloRequest, ctx: Context): Promise<HelloResponse> => {
    const waitMs = requestedWaitMs(request.Message);
    // The signal ends the wait when the caller has given up: a server that works for nobody is wasted.
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: ctx.signal });
    return { Message: `Hello ${request.Message} from ${version}` };
  };
  const svr = createServer(server.withServiceAddr(process.env["SERVICE_ADDR"] ?? "0.0.0.0:8888")).registerService(
    GreetService,
    {
      sayHello1: greet,
      sayHello2: greet,
    },
  );
  const stopped = svr.run();
  while (svr.address === undefined) await Promise.race([stopped, sleep(5)]);
  process.stdout.write(`READY ${svr.address}\n`);
  await stopped;
};
