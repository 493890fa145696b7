import { statSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { TransportError } from "@kitex-ts/core";
import { formatAddress, parseAddress, type SocketAddress } from "../connection/address.ts";

/** Lets `server` listen at `address`, and answers the address as it was bound. A unix socket that a dead process left behind is taken over. */
export const bind = async (server: Server, address: string): Promise<string> => {
  let target: SocketAddress;
  try {
    target = parseAddress(address);
  } catch (error) {
    throw listenError("invalid_address", error as Error, address, (error as Error).message);
  }
  try {
    await listenOnce(server, target);
  } catch (error) {
    if (!("path" in target) || codeOf(error) !== "EADDRINUSE" || !(await isLeftBehind(target.path))) {
      throw listenError("listen_failed", error as Error, address, hint(codeOf(error), error as Error));
    }
    unlinkSync(target.path);
    try {
      await listenOnce(server, target);
    } catch (again) {
      throw listenError("listen_failed", again as Error, address, (again as Error).message);
    }
  }
  const bound = server.address();
  return bound === null || typeof bound === "string" ? address : formatAddress(bound.address, bound.port);
};

const listenOnce = (server: Server, target: SocketAddress): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    const done = (): void => {
      server.removeListener("error", reject);
      resolve();
    };
    if ("path" in target) server.listen({ path: target.path }, done);
    else if (target.host === "") server.listen({ port: target.port }, done);
    else server.listen({ host: target.host, port: target.port }, done);
  });

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Is this a socket that nobody answers at any more? Any other file is not ours to remove. */
const isLeftBehind = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true) {
      resolve(false);
      return;
    }
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error) => resolve(codeOf(error) === "ECONNREFUSED"));
  });

const hint = (code: string | undefined, error: Error): string => {
  switch (code) {
    case "EADDRINUSE":
      return "the address is in use; stop the other process or choose another port";
    case "EACCES":
      return "not permitted; ports below 1024 need privileges, a socket file a writable folder";
    case "EADDRNOTAVAIL":
      return "this machine has no such address";
    default:
      return error.message;
  }
};

const listenError = (code: string, cause: Error, address: string, detail: string): TransportError =>
  new TransportError(code, `cannot listen at ${address}: ${detail}`, { kind: "internal_exception", address, cause });
