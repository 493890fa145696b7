import { availableParallelism, cpus, release, type } from "node:os";
import { cores } from "./processes.ts";

/** What a reader has to know about where the numbers come from. */
export const machine = (): string => {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const pinning =
    cores === undefined ? "nothing pinned" : `server on core ${cores.server}, client on core ${cores.client}`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${availableParallelism()} cores (${model}), ${type()} ${release()}, loopback, ${pinning}.`;
};
