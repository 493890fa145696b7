import type { GreetService } from "../kitex_gen/greet/greet.ts";

/** Greets one person. */
export const sayHello: GreetService["sayHello"] = async (request) => ({ message: `Hello ${request.name}` });
