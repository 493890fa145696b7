// The handlers, put together.
import type { GreetService } from "../kitex_gen/greet/greet.ts";
import { sayHello } from "./sayHello.ts";

export const handlers: GreetService = { sayHello };
