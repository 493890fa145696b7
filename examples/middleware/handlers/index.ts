// The handlers, put together.
import type { OrderService } from "../kitex_gen/orders/orders.ts";
import { getOrder } from "./getOrder.ts";

export const handlers: OrderService = { getOrder };
