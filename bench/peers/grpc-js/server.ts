import { Server, ServerCredentials, type sendUnaryData } from "@grpc/grpc-js";
import { peerArguments } from "../../lib/arguments.ts";
import { benchService } from "./service.ts";

const options = peerArguments();
const echo = (call: { readonly request: unknown }, done: sendUnaryData<unknown>): void => done(null, call.request);

const server = new Server();
server.addService(benchService(options.variant).service, { EchoSimple: echo, EchoRich: echo });
server.bindAsync(`127.0.0.1:${options.port}`, ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`READY ${port}\n`);
});
process.on("SIGTERM", () => process.exit(0));
