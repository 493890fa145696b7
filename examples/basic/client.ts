import { client, closeClient, createClient } from "kitex-ts";
import { GreetService } from "./kitex_gen/greet/greet.ts";

const destination = process.env["DESTINATION"] ?? "127.0.0.1:8888";
const greetService = createClient(GreetService, destination, client.withRPCTimeout(1000));
try {
  const reply = await greetService.sayHello({ name: "Kitex" });
  console.dir(reply, { depth: null });
} finally {
  await closeClient(greetService);
}
