import { type NodeMajor, nodeMajors } from "./node-versions.ts";
import type { RunOptions } from "./options.ts";
import { headlinePeers, peerDescriptions, runtimePeers } from "./peers.ts";
import { fullPoints, headlinePoints, type Point, runtimePoints } from "./points.ts";

/** One table: peers beside each other at one point. */
export interface TablePlan {
  readonly point: Point;
  readonly peers: readonly string[];
  /** Undefined: the Node that runs this. */
  readonly node: NodeMajor | undefined;
}

const tables = (
  points: readonly Point[],
  peers: readonly string[],
  nodes: readonly (NodeMajor | undefined)[],
): readonly TablePlan[] => nodes.flatMap((node) => points.map((point) => ({ point, peers, node })));

/** What a run consists of, as its options say. */
export const planOf = ({ full, peers, points, nodes }: RunOptions): readonly TablePlan[] => {
  if (!full) return tables(points ?? headlinePoints, peers ?? headlinePeers, nodes ?? [undefined]);
  const everyPeer = peers ?? [...peerDescriptions.keys()];
  const isHeadline = (point: Point): boolean => headlinePoints.includes(point);
  const all = points ?? [...headlinePoints, ...fullPoints.filter((point) => !headlinePoints.some(same(point)))];
  return [
    ...all.flatMap((point) => tables([point], isHeadline(point) ? everyPeer : (peers ?? headlinePeers), [undefined])),
    ...tables(points ?? runtimePoints, peers ?? runtimePeers, nodes ?? nodeMajors),
  ];
};

const same =
  (one: Point) =>
  (other: Point): boolean =>
    one.payload === other.payload && one.concurrency === other.concurrency && one.connections === other.connections;
