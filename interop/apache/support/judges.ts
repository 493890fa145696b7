import { fileURLToPath } from "node:url";
import { type PeerClients, type PeerServer, peerClients, startPeerServer } from "../../support/peer.ts";
import { Program } from "../../support/program.ts";
import type { EverythingInit } from "../kitex_gen/judge/judge.ts";
import { full } from "./everything.ts";
import { python } from "./prepare.ts";
import type { Way } from "./ways.ts";

export type JudgeService = "Judge" | "OldJudge" | "NewJudge";

export interface JudgeDial extends Way {
  /** host:port. */
  readonly address: string;
  readonly service: JudgeService;
}

/** Another implementation of Thrift. */
export interface Judge {
  readonly name: string;
  /** Type id of the application exception that an undeclared error becomes; undefined: it closes the connection instead. */
  readonly undeclared: number | undefined;
  /** Type id with which it answers a method that is not there. */
  readonly unknownMethod: number;
  /** Its maps hold keys of every type. */
  readonly hasAnyKey: boolean;
  /** Does it read bools in lists, sets and maps? */
  readsBoolElements(way: Way): boolean;
  startServer(way: Way, service?: JudgeService): Promise<PeerServer>;
  startClients(): PeerClients<JudgeDial>;
}

const peer = (name: string): string => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

const judge = (
  name: string,
  command: readonly [string, ...string[]],
  traits: Pick<Judge, "undeclared" | "unknownMethod" | "hasAnyKey" | "readsBoolElements">,
): Judge => {
  const program = (...args: string[]): Program => new Program(command[0], [...command.slice(1), ...args]);
  return {
    name,
    ...traits,
    startServer: ({ transport, protocol }, service = "Judge") =>
      startPeerServer(program("server", transport, protocol, service)),
    startClients: () => peerClients(program("clients")),
  };
};

export const judges: readonly Judge[] = [
  // It is written for Node versions in which `new Buffer` was no reason for a warning.
  judge("Apache Thrift", [process.execPath, "--no-deprecation", peer("apache.ts")], {
    undeclared: 0,
    // It means UNKNOWN_METHOD, but sends no application exception's type: it looks for it under another name than it keeps it.
    unknownMethod: 0,
    hasAnyKey: false,
    // In Compact it takes all of them for false, its own too.
    readsBoolElements: ({ protocol }) => protocol !== "Compact",
  }),
  judge("thriftpy2", [python, peer("thriftpy2_peer.py")], {
    undeclared: undefined,
    unknownMethod: 1,
    hasAnyKey: true,
    readsBoolElements: () => true,
  }),
];

/** A value of which everything survives these judges. */
export const fullFor = (way: Way, ...those: readonly Judge[]): EverythingInit =>
  those.every((one) => one.readsBoolElements(way)) ? full() : { ...full(), bools: [false, false] };
