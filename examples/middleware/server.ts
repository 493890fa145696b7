import { createServer, server } from "kitex-ts";
import { handlers } from "./handlers/index.ts";
import { OrderService } from "./kitex_gen/orders/orders.ts";
import { accessLog } from "./middleware/access-log.ts";
import { requireTenant } from "./middleware/tenant.ts";

const address = process.env["SERVICE_ADDR"] ?? "0.0.0.0:8888";
const svr = createServer(
  server.withServiceAddr(address),
  // The first is the outermost: the log sees what the second refuses.
  server.withMiddleware(accessLog),
  server.withMiddleware(requireTenant),
).registerService(OrderService, handlers);

console.log(`serving OrderService on ${address}; Ctrl-C stops it`);
await svr.run();
