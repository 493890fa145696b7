import { join } from "node:path";
import { bin } from "../build.ts";
import {
  type PeerAnswer,
  type PeerClient,
  type PeerClients,
  type PeerServer,
  peerClients,
  startPeerServer,
} from "./peer.ts";
import { Program } from "./program.ts";

export type GoTransport = "PurePayload" | "Framed" | "TTHeader" | "TTHeaderFramed";

export interface GoServerOptions {
  /** A server that takes only TTHeader and answers out of order. */
  readonly mux?: boolean;
  /** Serve OldInterop alone, instead of Interop and GreetService. */
  readonly old?: boolean;
  /** CRC-32C of payloads with a TTHeader. */
  readonly checksum?: boolean;
  /** The validator of payloads `PV_sum`. */
  readonly validator?: boolean;
}

/** A Kitex server of `interop/idl` in its own process. */
export type GoServer = PeerServer;

export function startGoServer({ mux, old, checksum, validator }: GoServerOptions = {}): Promise<GoServer> {
  const flags = { "-with-stdin": true, "-mux": mux, "-old": old, "-checksum": checksum, "-validator": validator };
  const args = Object.entries(flags).flatMap(([flag, isOn]) => (isOn === true ? [flag] : []));
  return startPeerServer(new Program(join(bin, "kitex-server"), args));
}

export interface GoDial {
  /** host:port, or several with commas between, which take turns. */
  readonly address: string;
  /** Default Interop. */
  readonly service?: "Interop" | "OldInterop" | "NewInterop" | "GreetService";
  /** Exactly this one; default TTHeader, which is unframed. */
  readonly transport?: GoTransport;
  /** One shared connection. */
  readonly mux?: boolean;
  /** Default long. */
  readonly pool?: "short" | "long";
  /** The name by which the client introduces itself. */
  readonly caller?: string;
  /** CRC-32C of payloads with a TTHeader. */
  readonly checksum?: boolean;
  /** The validator of payloads `PV_sum`. */
  readonly validator?: boolean;
}

/** What a Kitex client's caller gets. */
export type GoAnswer = PeerAnswer;

/** One Kitex client. */
export type GoClient = PeerClient;

/** The process in which Kitex clients live. */
export type GoClients = PeerClients<GoDial>;

export const startGoClients = (): GoClients => peerClients(new Program(join(bin, "kitex-client"), []));
