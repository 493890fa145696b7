import type { MeshAddress } from "./ads/ads-server.ts";
import { formatProblem, type Problem } from "./errors.ts";
import type { MeshEventName, MeshEvents } from "./events.ts";
import { createMesh, type Mesh } from "./mesh.ts";
import type { MeshOptions } from "./options.ts";

/** An event with its name. */
export type MeshEvent = { [Name in MeshEventName]: { readonly name: Name } & MeshEvents[Name] }[MeshEventName];

/** How {@link serve} serves. */
export interface ServeOptions extends MeshOptions {
  /** Default: 127.0.0.1. The port speaks plaintext: open it to others only in a network that you trust. */
  readonly host?: string;
  /** Default: 15010, istiod's port. 0 takes a free one. */
  readonly port?: number;
  /** File with {@link RunningEndpoint}s: `{ endpoints: [...] }` in YAML or JSON. */
  readonly endpoints?: string;
  /** Where lines for people go. Default: standard error. */
  readonly log?: (line: string) => void;
  /** Gets every event besides. */
  readonly onEvent?: (event: MeshEvent) => void;
}

/** A running control plane. */
export interface ServedMesh extends Mesh {
  readonly address: MeshAddress;
}

const DEFAULT_PORT = 15_010;

/** One line per event that somebody who watches a terminal wants to know; pushes say what they carry. */
const describeEvent = (event: MeshEvent): readonly string[] => {
  switch (event.name) {
    case "connect":
      return [`${event.client.pod} connected from ${event.client.peer} (${event.client.dialect} dialect)`];
    case "disconnect":
      return [`${event.client.pod} disconnected`];
    case "push": {
      const { length } = event.resources;
      return [`${event.type.toUpperCase()} to ${event.client.pod}: ${length} resource${length === 1 ? "" : "s"}`];
    }
    case "nack":
      return [`${event.client.pod} refused ${event.type.toUpperCase()}: ${event.message}`];
    case "error":
      return [...event.error.message.split("\n"), "the last good state stays"];
    case "change":
      return [`state ${event.version}: ${event.services.join(", ") || "no services"}`];
  }
};

const EVENTS: readonly MeshEventName[] = ["change", "connect", "disconnect", "push", "nack", "error"];

/** Warnings that are new; the same ones are not said again with every change. */
const newWarnings = (): ((warnings: readonly Problem[]) => readonly string[]) => {
  let said = new Set<string>();
  return (warnings) => {
    const lines = warnings.map((problem) => `warning: ${formatProblem(problem)}`);
    const fresh = lines.filter((line) => !said.has(line));
    said = new Set(lines);
    return fresh;
  };
};

/**
 * Serves manifests until it is closed: reads the paths, follows their changes, opens the port, and tells on `log` what goes
 * on. What `kitex-ts mesh serve` does.
 *
 * @param paths files, folders or kustomize folders; later ones win.
 * @throws MeshConfigError with all problems of the first source that has some; MeshError `listen`.
 */
export const serve = async (paths: readonly string[], options: ServeOptions = {}): Promise<ServedMesh> => {
  const { host, port, endpoints, log = (line) => process.stderr.write(`${line}\n`), onEvent, ...meshOptions } = options;
  const mesh = createMesh(meshOptions);
  const freshWarnings = newWarnings();
  for (const name of EVENTS) {
    mesh.on(name, (payload) => {
      const event = { name, ...payload } as MeshEvent;
      for (const line of describeEvent(event)) log(line);
      if (event.name === "change") for (const line of freshWarnings(event.warnings)) log(line);
      onEvent?.(event);
    });
  }
  try {
    for (const path of paths) await mesh.watch(path);
    if (endpoints !== undefined) await mesh.watchEndpoints(endpoints);
    const address = await mesh.listen({ port: port ?? DEFAULT_PORT, ...(host === undefined ? {} : { host }) });
    log(`xDS on ${address.host}:${address.port}`);
    return mesh as ServedMesh;
  } catch (error) {
    await mesh.close();
    throw error;
  }
};
