import { once } from "node:events";
import { Command, InvalidArgumentError } from "commander";
import type { CliStreams } from "../cli.ts";

const portOf = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
};

interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly endpoints?: string;
}

/** Resolves when the user or the system asks the program to end. */
const asked = async (): Promise<void> => {
  const stop = new AbortController();
  const { signal } = stop;
  await Promise.race([once(process, "SIGINT", { signal }), once(process, "SIGTERM", { signal })]);
  stop.abort();
};

const serveMesh = async (paths: readonly string[], flags: ServeFlags, streams: CliStreams): Promise<void> => {
  // Loaded here: the other commands do not need gRPC.
  const { serve } = await import("@kitex-ts/mesh");
  const { host, port, endpoints } = flags;
  const mesh = await serve(paths, {
    host,
    port,
    ...(endpoints === undefined ? {} : { endpoints }),
    log: (line) => streams.err(`${line}\n`),
  });
  try {
    streams.out(`READY ${mesh.address.host}:${mesh.address.port}\n`);
    await asked();
  } finally {
    await mesh.close();
  }
};

/** `kitex-ts mesh …` */
export const meshCommand = (streams: CliStreams): Command =>
  new Command("mesh")
    .description("An embedded control plane: Kubernetes and Istio YAML in, xDS out. No cluster needed.")
    .addCommand(
      new Command("serve")
        .description("Serve manifests as a control plane and follow their changes")
        .argument(
          "<paths...>",
          "files, folders or kustomize folders with Service, Deployment, VirtualService, DestinationRule, …",
        )
        .option("-p, --port <port>", "port of the ADS server; 0 takes a free one", portOf, 15_010)
        .option("--host <host>", "address to listen on; the port speaks plaintext", "127.0.0.1")
        .option("-e, --endpoints <file>", "JSON or YAML file that says which processes stand for which pods")
        .addHelpText(
          "after",
          `
A service joins with KITEX_XDS_ISTIO_ADDR=127.0.0.1:15010 in its environment.
Changed files are pushed at once; a bad file is reported and the last good state stays.

  endpoints.json   {"endpoints": [{"deployment": "kitex-server-v1", "address": "127.0.0.1:8888"}]}

Example:
  kitex-ts mesh serve k8s/ --endpoints endpoints.json`,
        )
        .action((paths: string[], flags: ServeFlags) => serveMesh(paths, flags, streams)),
    );
