import { BizStatusError, background, callopt, client, closeClient, createClient, metainfo } from "kitex-ts";
import { OrderNotFound, OrderService } from "./kitex_gen/orders/orders.ts";
import { countInto } from "./middleware/count.ts";

const counts = new Map<string, number>();
const orders = createClient(
  OrderService,
  process.env["DESTINATION"] ?? "127.0.0.1:8888",
  client.withRPCTimeout(1000),
  client.withMiddleware(countInto(counts)),
);
// Persistent: a service that calls on with `callopt.withContext(ctx)` passes it further.
const forAcme = callopt.withContext(metainfo.withPersistentValue(background(), "tenant", "acme"));

try {
  const { id, count, item, tenant } = await orders.getOrder(7, forAcme);
  console.log(`order ${id}: ${count} ${item} for ${tenant}`);

  try {
    await orders.getOrder(8, forAcme);
  } catch (error) {
    if (error instanceof OrderNotFound) console.log(`${error.message} (${error.name})`);
    else throw error;
  }

  try {
    await orders.getOrder(7);
  } catch (error) {
    if (error instanceof BizStatusError) console.log(`refused: ${error.bizMessage} (status ${error.code})`);
    else throw error;
  }
} finally {
  await closeClient(orders);
}
console.log(`calls: ${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`);
