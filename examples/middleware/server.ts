import { createServer, server } from "kitex-ts";
import { handlers } from "./handlers/index.ts";
import { OrderService } from "./kitex_gen/orders/orders.ts";
import { accessLog } from "./middleware/access-log.ts";
import { requireTenant } from "./middleware/tenant.ts";

const svr = createServer(
  server.withServiceAddr(process.env["SERVICE_ADDR"] ?? "0.0.0.0:8888"),
  // The first is the outermost: the log sees what the second refuses.
  server.withMiddleware(accessLog),
  server.withMiddleware(requireTenant),
).registerService(OrderService, handlers);

console.log(`serving OrderService on ${await svr.start()}; Ctrl-C stops it`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void svr.stop());
