import { OrderNotFound, type OrderService } from "../kitex_gen/orders/orders.ts";
import { tenantKey } from "../middleware/tenant.ts";

/** Looks an order up. */
export const getOrder: OrderService["getOrder"] = async (id, ctx) => {
  if (id !== 7n) throw new OrderNotFound({ message: `no order ${id}`, id });
  return { id, item: "books", count: 2, tenant: ctx.value(tenantKey) };
};
