import { createServer, server } from "kitex-ts";
import { handlers } from "./handlers/index.ts";
import { GreetService } from "./kitex_gen/greet/greet.ts";

const svr = createServer(server.withServiceAddr(process.env["SERVICE_ADDR"] ?? "0.0.0.0:8888"));
svr.registerService(GreetService, handlers);

console.log(`serving GreetService on ${await svr.start()}; Ctrl-C stops it`);
// Running calls end first.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void svr.stop());
