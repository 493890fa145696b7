import { availableParallelism, cpus, release, type } from "node:os";
import { cores } from "./processes.ts";

/** What a reader has to know about where the numbers come from. */
export const machine = (): string => {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const pinning =
    cores === undefined ? "nothing pinned" : `server on core ${cores.server}, client on core ${cores.client}`;
  const kernel = release().split(".", 2).join(".");
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${availableParallelism()} cores (${model}), ${type()} ${kernel}, loopback, ${pinning}.`;
};
