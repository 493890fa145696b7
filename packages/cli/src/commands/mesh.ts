import { Command, InvalidArgumentError } from "commander";
import type { CliStreams } from "../streams.ts";

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

const stopSignals = ["SIGINT", "SIGTERM"] as const;

/** Resolves when the user or the system asks the program to end; listens from the start, so that nothing is missed while the mesh comes up. */
const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    const onSignal = (): void => {
      for (const signal of stopSignals) process.off(signal, onSignal);
      resolve();
    };
    for (const signal of stopSignals) process.on(signal, onSignal);
  });

const serveMesh = async (paths: readonly string[], flags: ServeFlags, streams: CliStreams): Promise<void> => {
  // Loaded here: the other commands do not need gRPC.
  const { serve } = await import("@kitex-ts/mesh");
  const { host, port, endpoints } = flags;
  const asked = untilAsked();
  const mesh = await serve(paths, {
    host,
    port,
    ...(endpoints === undefined ? {} : { endpoints }),
    log: (line) => streams.err(`${line}\n`),
  });
  try {
    streams.out(`READY ${mesh.address.host}:${mesh.address.port}\n`);
    await asked;
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
