import { createServer, server } from "kitex-ts";
import { handlers } from "./handlers/index.ts";
import { GreetService } from "./kitex_gen/greet/greet.ts";

const address = process.env["SERVICE_ADDR"] ?? "0.0.0.0:8888";
const svr = createServer(server.withServiceAddr(address)).registerService(GreetService, handlers);

console.log(`serving GreetService on ${address}; Ctrl-C stops it`);
await svr.run(); // until SIGINT or SIGTERM; running calls end first
