// A program may hold the framework twice: imported by itself, required by a library that it uses. Errors of one copy are known to the other.
import { createRequire } from "node:module";
import * as kitex from "kitex-ts";
import * as codegen from "kitex-ts/codegenv1";
import greet from "./greet.cjs";

const required = createRequire(import.meta.url)("kitex-ts");
if (required.RPCError === kitex.RPCError) throw new Error("one copy only, so nothing is tried here");

const outcome = async (thrown) => {
  const { client, closeClient, createClient, createServer, server } = kitex;
  const GreetService = greet.make(codegen);
  const svr = createServer(server.withServiceAddr("127.0.0.1:0")).registerService(GreetService, {
    sayHello: async () => {
      throw thrown;
    },
  });
  const caller = createClient(GreetService, await svr.start(), client.withRPCTimeout(2000));
  const error = await caller.sayHello({ message: "x" }).catch((reason) => reason);
  await closeClient(caller);
  await svr.stop();
  return error;
};

const business = await outcome(new required.BizStatusError(404, "no such user"));
if (!(business instanceof kitex.BizStatusError && business instanceof required.BizStatusError)) throw business;
if (business.code !== 404) throw business;

const exception = await outcome(new required.ApplicationException(101, "not now"));
if (!(exception instanceof required.ApplicationException && exception.typeId === 101)) throw exception;
