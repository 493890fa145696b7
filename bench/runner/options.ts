import { parseArgs } from "node:util";
import type { Timing } from "./measure.ts";
import { type NodeMajor, nodeMajors } from "./node-versions.ts";
import { type Point, parsePoint } from "./points.ts";

export interface RunOptions {
  readonly timing: Timing;
  readonly rounds: number;
  /** Everything rather than the headline. */
  readonly full: boolean;
  /** Put the tables into README.md. */
  readonly write: boolean;
  readonly peers: readonly string[] | undefined;
  readonly points: readonly Point[] | undefined;
  readonly nodes: readonly NodeMajor[] | undefined;
  readonly peerFile: string | undefined;
  /** Where to put every single run as JSON. */
  readonly json: string | undefined;
}

export const usage = `npm run bench -- [options]

  --full               every payload, concurrency and peer, 20 connections, Node 20 to 26: more than an hour
  --peers a,b          only these peers
  --points 1k:100,…    only these points: payload (64, 1k, 16k, rich) : calls in flight [: connections]
  --node 20,24         on these Node versions instead of the one at hand
  --rounds 3           runs of each peer at each point; the table has medians
  --duration 3         measured seconds of a run
  --warmup 6           seconds before them: engines optimise for several on a slow machine, and what is asked for is how things go on
  --noise 0.15         cores that other programs may use before a run is repeated
  --retries 2          how often it is repeated at most
  --peer-file x.json   more peers: {"name": {"cwd": "…", "server": […], "client": […]}}
  --json x.json        every single run
  --write              puts the tables into bench/README.md

npm run bench -- codec | micro | soak   the other measurements; each has --help`;

/** @throws Error that says which option and what it takes */
export const parseOptions = (args: readonly string[]): RunOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      peers: { type: "string" },
      points: { type: "string" },
      node: { type: "string" },
      rounds: { type: "string", default: "3" },
      duration: { type: "string", default: "3" },
      warmup: { type: "string", default: "6" },
      noise: { type: "string", default: "0.15" },
      retries: { type: "string", default: "2" },
      "peer-file": { type: "string" },
      json: { type: "string" },
    },
  });
  const number = (
    name: "duration" | "noise" | "retries" | "rounds" | "warmup",
    least: number,
    most: number,
  ): number => {
    const value = Number(values[name]);
    if (!(value >= least && value <= most)) throw new Error(`--${name} takes ${least} to ${most}, got ${values[name]}`);
    return value;
  };
  const list = (text: string | undefined): readonly string[] | undefined => text?.split(",").map((word) => word.trim());
  return {
    timing: {
      warmup: number("warmup", 0.1, 60),
      duration: number("duration", 0.1, 300),
      noise: number("noise", 0, 1000),
      retries: Math.floor(number("retries", 0, 10)),
    },
    rounds: Math.floor(number("rounds", 1, 100)),
    full: values.full,
    write: values.write,
    peers: list(values.peers),
    points: list(values.points)?.map(parsePoint),
    nodes: list(values.node)?.map(parseNode),
    peerFile: values["peer-file"],
    json: values.json,
  };
};

const parseNode = (text: string): NodeMajor => {
  const major = nodeMajors.find((name) => name === text);
  if (major === undefined) throw new Error(`--node takes ${nodeMajors.join(", ")}, got ${text}`);
  return major;
};
