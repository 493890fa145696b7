import type { Point } from "./points.ts";
import { type Measured, markdown, ratioOf, type Summary } from "./report.ts";

interface Goal {
  readonly measure: string;
  readonly point: "1k" | "rich";
  /** Undefined when a peer it needs was not measured. */
  readonly value: (summary: (name: string) => Summary | undefined) => number | undefined;
  readonly reach: number;
  readonly reachFor: number;
  /** A price rather than a speed. */
  readonly isUpperBound?: true;
}

const ratio =
  (name: string, to: string): Goal["value"] =>
  (summary) => {
    const [one, other] = [summary(name), summary(to)];
    return one === undefined || other === undefined ? undefined : ratioOf(one, other, (run) => run.qps);
  };

/**
 * CPU as a multiple of what plain `net` takes beside it. The goals in µs were set where `net` took 0.92 µs a call in the client and 0.87 µs in the server
 * (Node 24); elsewhere these say the same.
 */
const cpuRatio =
  (side: "client" | "server"): Goal["value"] =>
  (summary) => {
    const [ours, net] = [summary("kitex-ts-all"), summary("net")];
    return ours === undefined || net === undefined ? undefined : ratioOf(ours, net, (run) => run.cpu[side]);
  };

/** What this project wants to be, everything on, in ratios of one run: absolute figures say more about the machine. */
const goals: readonly Goal[] = [
  { measure: "QPS ÷ net", point: "1k", value: ratio("kitex-ts-all", "net"), reach: 0.4, reachFor: 0.6 },
  { measure: "QPS ÷ thrift", point: "1k", value: ratio("kitex-ts-all", "thrift"), reach: 8, reachFor: 12 },
  { measure: "QPS ÷ grpc-js", point: "1k", value: ratio("kitex-ts-all", "grpc-js"), reach: 30, reachFor: 45 },
  {
    measure: "client CPU, µs per call",
    point: "1k",
    value: (summary) => summary("kitex-ts-all")?.cpu.client,
    reach: 3,
    reachFor: 1.8,
    isUpperBound: true,
  },
  {
    measure: "server CPU, µs per call",
    point: "1k",
    value: (summary) => summary("kitex-ts-all")?.cpu.server,
    reach: 2.2,
    reachFor: 1.3,
    isUpperBound: true,
  },
  {
    measure: "client CPU ÷ net's",
    point: "1k",
    value: cpuRatio("client"),
    reach: 3.3,
    reachFor: 2,
    isUpperBound: true,
  },
  {
    measure: "server CPU ÷ net's",
    point: "1k",
    value: cpuRatio("server"),
    reach: 2.5,
    reachFor: 1.5,
    isUpperBound: true,
  },
  {
    measure: "writes per call, either side",
    point: "1k",
    value: (summary) => {
      const writes = summary("kitex-ts-all")?.writes;
      return writes === undefined ? undefined : Math.max(writes.client, writes.server);
    },
    reach: 0.04,
    reachFor: 0.02,
    isUpperBound: true,
  },
  {
    measure: "QPS ÷ Go Kitex mux",
    point: "1k",
    value: ratio("kitex-ts-all", "kitex-go-mux"),
    reach: 2.5,
    reachFor: 4,
  },
  {
    measure: "QPS ÷ Go Kitex mux with a timeout",
    point: "1k",
    value: ratio("kitex-ts-all", "kitex-go-mux-timeout"),
    reach: 5,
    reachFor: 8,
  },
  { measure: "rich: QPS ÷ grpc-js", point: "rich", value: ratio("kitex-ts-all", "grpc-js"), reach: 18, reachFor: 28 },
  {
    measure: "rich: QPS ÷ Go Kitex mux",
    point: "rich",
    value: ratio("kitex-ts-all", "kitex-go-mux"),
    reach: 1.2,
    reachFor: 1.8,
  },
  {
    measure: "rich: QPS ÷ Go Kitex mux with a timeout",
    point: "rich",
    value: ratio("kitex-ts-all", "kitex-go-mux-timeout"),
    reach: 2,
    reachFor: 3,
  },
];

/** The goals that this run says something about, in Markdown; undefined when it is none. */
export const goalsTable = (measured: readonly Measured[]): string | undefined => {
  const rows = goals.flatMap((goal) => {
    const table = measured.find(({ point }) => isPointOf(goal, point));
    const value = goal.value((name) => table?.summaries.find((each) => each.name === name));
    if (value === undefined) return [];
    const isWithin = (bound: number): boolean => (goal.isUpperBound ? value <= bound : value >= bound);
    const verdict = isWithin(goal.reachFor) ? "beyond" : isWithin(goal.reach) ? "yes" : "**no**";
    return [[goal.measure, value.toFixed(value < 1 ? 3 : 2), String(goal.reach), String(goal.reachFor), verdict]];
  });
  if (rows.length === 0) return undefined;
  const head = ["kitex-ts-all, 100 in flight, one connection", "measured", "reach", "reach for", "reached"];
  return ["### Goals", "", ...markdown(head, rows), ""].join("\n");
};

const isPointOf = (goal: Goal, { payload, concurrency, connections }: Point): boolean =>
  payload === goal.point && concurrency === 100 && connections === 1;
