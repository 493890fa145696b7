import { readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { bundled, type NodeProgram } from "./bundle.ts";
import { goKitex } from "./go-kitex.ts";
import { cores } from "./processes.ts";

/** What can be measured: two commands that speak the peer interface of README.md. */
export interface Peer {
  readonly name: string;
  readonly server: readonly string[];
  readonly client: readonly string[];
  /** How the writes of its processes are counted: by the kernel, or as segments on the wire. */
  readonly countsWrites: "system calls" | "segments";
}

interface NodePeer {
  readonly program: NodeProgram;
  readonly variant: string;
  readonly is: string;
}

const nodePeers: Readonly<Record<string, NodePeer>> = {
  net: { program: "net", variant: "plain", is: "plain `net`: length-prefixed bytes, one write per turn" },
  "kitex-ts": { program: "kitex-ts", variant: "plain", is: "TTHeader, multiplexed, RPC timeout" },
  "kitex-ts-all": {
    program: "kitex-ts",
    variant: "all",
    is: "the same and `withContext`, metainfo of both kinds, three middlewares a side",
  },
  "kitex-ts-tls": { program: "kitex-ts", variant: "tls", is: "TTHeader over TLS, multiplexed, RPC timeout" },
  "kitex-ts-framed": { program: "kitex-ts", variant: "framed", is: "Framed, a connection per call in flight" },
  "kitex-ts-pool": { program: "kitex-ts", variant: "pool", is: "TTHeader, a connection per call in flight" },
  thrift: { program: "apache-thrift", variant: "plain", is: "Apache Thrift, framed binary" },
  "grpc-js": { program: "grpc-js", variant: "plain", is: "@grpc/grpc-js with proto-loader" },
  "grpc-js-static": { program: "grpc-js", variant: "static", is: "@grpc/grpc-js with protobufjs' static code" },
  connect: { program: "connect-node", variant: "plain", is: "connect-node, Connect protocol on HTTP/2" },
  "connect-grpc": { program: "connect-node", variant: "grpc", is: "connect-node, gRPC protocol" },
};

const goPeers: Readonly<Record<string, { readonly args: readonly string[]; readonly is: string }>> = {
  "kitex-go-mux": { args: ["-connection", "mux"], is: "Go Kitex, TTHeader, multiplexed, no timeout" },
  "kitex-go-mux-timeout": {
    args: ["-connection", "mux", "-timeout", "1s"],
    is: "Go Kitex, TTHeader, multiplexed, RPC timeout",
  },
  "kitex-go-pool": { args: ["-connection", "pool"], is: "Go Kitex, TTHeader, a connection per call in flight" },
  "kitex-go-pool-timeout": {
    args: ["-connection", "pool", "-timeout", "1s"],
    is: "the same with an RPC timeout",
  },
  "kitex-go-framed": { args: ["-connection", "framed"], is: "Go Kitex, Framed, a connection per call in flight" },
};

/** Name and description of every peer, in the order of the tables. */
export const peerDescriptions: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...nodePeers, ...goPeers }).map(([name, { is }]) => [name, is]),
);

export const headlinePeers: readonly string[] = [
  "net",
  "kitex-ts-all",
  "kitex-ts",
  "kitex-ts-tls",
  "thrift",
  "grpc-js",
  "connect",
  "kitex-go-mux",
  "kitex-go-mux-timeout",
  "kitex-go-pool",
];

export const runtimePeers: readonly string[] = ["net", "kitex-ts", "kitex-ts-all", "thrift", "grpc-js"];

/** Peers of others, as `{"name": {"cwd": "…", "server": […], "client": […]}}`; `node` in a command is the Node of the run. */
type PeerFile = Readonly<
  Record<string, { readonly cwd?: string; readonly server: readonly string[]; readonly client: readonly string[] }>
>;

/**
 * Finds peers by name, building what has to be built.
 *
 * @param node the program that runs the peers made for Node
 * @returns those that can run here; the others are named with the reason through `skip`
 * @throws Error when a name is unknown
 */
export const findPeers = async (
  names: readonly string[],
  node: string,
  peerFile: string | undefined,
  skip: (name: string, reason: string) => void,
): Promise<readonly Peer[]> => {
  const others = peerFile === undefined ? {} : readPeerFile(peerFile, node);
  const peers: Peer[] = [];
  for (const name of names) {
    const [nodePeer, goPeer, other] = [nodePeers[name], goPeers[name], others[name]];
    if (other !== undefined) peers.push(other);
    else if (nodePeer !== undefined) peers.push(peerOnNode(name, nodePeer, node));
    else if (goPeer !== undefined) {
      const program = await goKitex();
      if (program.path === undefined) skip(name, program.reason);
      else peers.push(peerInGo(name, program.path, goPeer.args));
    } else
      throw new Error(`no peer ${name}; there are ${[...peerDescriptions.keys(), ...Object.keys(others)].join(", ")}`);
  }
  return peers;
};

// Where a process has one core, Go takes one thread. V8 does not look: its collector would start helpers that fight the program for the core.
const oneCore: readonly string[] = cores === undefined ? [] : ["--single-threaded-gc"];

const peerOnNode = (name: string, { program, variant }: NodePeer, node: string): Peer => {
  const command = (side: "server" | "client"): readonly string[] => [
    node,
    "--no-warnings",
    ...oneCore,
    bundled(program, side),
    "--variant",
    variant,
  ];
  return { name, server: command("server"), client: command("client"), countsWrites: "system calls" };
};

// netpoll sends with sendmsg(2), which the kernel does not count among a process's writes.
const peerInGo = (name: string, program: string, args: readonly string[]): Peer => ({
  name,
  server: [program, "server", ...args],
  client: [program, "client", ...args],
  countsWrites: "segments",
});

const readPeerFile = (path: string, node: string): Readonly<Record<string, Peer>> => {
  const file = JSON.parse(readFileSync(path, "utf8")) as PeerFile;
  return Object.fromEntries(
    Object.entries(file).map(([name, { cwd = ".", server, client }]) => {
      const folder = resolve(path, "..", cwd);
      // A relative path in a command is meant from `cwd`; node is the Node of this run.
      const command = (words: readonly string[]): readonly string[] =>
        words.map((word) => {
          if (word === "node") return node;
          return /^[^-].*\.[cm]?[jt]s$/.test(word) && !isAbsolute(word) ? join(folder, word) : word;
        });
      return [name, { name, server: command(server), client: command(client), countsWrites: "system calls" }];
    }),
  );
};
