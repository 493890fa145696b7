import type { Run, Sides } from "./measure.ts";
import { describePoint, type Point } from "./points.ts";
import type { PeerRuns } from "./rounds.ts";
import { median, spread } from "./statistics.ts";

/** Medians of one peer at one point. */
export interface Summary {
  readonly name: string;
  readonly qps: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly cpu: Sides;
  readonly writes: Sides | undefined;
  readonly rss: Sides;
  readonly errors: number;
  /** Of the QPS: (largest − smallest) ÷ median. */
  readonly spread: number;
  /** The noisiest run's. */
  readonly others: number | undefined;
  readonly runtime: string;
  /** In the order of the rounds. */
  readonly runs: readonly Run[];
}

/**
 * What one peer has of another's: the median of the rounds' ratios, since the machine's speed in one round may be a multiple of that in the next. When a
 * peer has not run in all rounds, the ratio of what it has.
 */
export const ratioOf = (one: Summary, other: Summary, read: (run: Run) => number): number => {
  const [ones, others] = [one.runs.map(read), other.runs.map(read)];
  if (ones.length !== others.length) return median(ones) / median(others);
  return median(ones.map((value, round) => value / (others[round] as number)));
};

/** One table's numbers. */
export interface Measured {
  readonly point: Point;
  readonly rounds: number;
  readonly summaries: readonly Summary[];
  readonly failures: readonly string[];
}

export const summarize = (point: Point, rounds: number, peers: readonly PeerRuns[]): Measured => ({
  point,
  rounds,
  summaries: peers.flatMap(({ name, runs }) => (runs.length === 0 ? [] : [summaryOf(name, runs)])),
  failures: peers.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`])),
});

const summaryOf = (name: string, runs: readonly Run[]): Summary => {
  const of = (read: (run: Run) => number): number => median(runs.map(read));
  const sides = (read: (run: Run) => Sides): Sides => ({
    client: of((run) => read(run).client),
    server: of((run) => read(run).server),
  });
  const counted = runs.flatMap(({ writes }) => (writes === undefined ? [] : [writes]));
  const others = runs.flatMap((run) => run.others ?? []);
  return {
    name,
    qps: of((run) => run.qps),
    p50: of((run) => run.p50),
    p99: of((run) => run.p99),
    p999: of((run) => run.p999),
    cpu: sides((run) => run.cpu),
    writes:
      counted.length === 0
        ? undefined
        : { client: median(counted.map((each) => each.client)), server: median(counted.map((each) => each.server)) },
    rss: sides((run) => run.rss),
    errors: runs.reduce((sum, run) => sum + run.errors, 0),
    spread: spread(runs.map((run) => run.qps)),
    others: others.length === 0 ? undefined : Math.max(...others),
    runtime: runs[0]?.runtime ?? "",
    runs,
  };
};

/** What the ratios are to. */
const references = ["net", "thrift", "grpc-js"] as const;

const qpsOf = (run: Run): number => run.qps;

/** One table in Markdown. */
export const markdownTable = ({ point, rounds, summaries, failures }: Measured): string => {
  const there = references.flatMap((name) => summaries.find((each) => each.name === name) ?? []);
  const head = [
    "peer",
    "QPS",
    ...there.map(({ name }) => `÷ ${name}`),
    "p50 · p99 · p99.9 µs",
    "CPU µs/call c · s",
    "writes/call c · s",
    "MB c · s",
    "spread",
    "others",
    "errors",
  ];
  const rows = summaries.map((each) => [
    each.name,
    Math.round(each.qps).toLocaleString("en"),
    ...there.map((reference) => significant(ratioOf(each, reference, qpsOf))),
    [each.p50, each.p99, each.p999].map((us) => Math.round(us).toLocaleString("en")).join(" · "),
    both(each.cpu, significant),
    each.writes === undefined ? "–" : both(each.writes, significant),
    both(each.rss, (mb) => String(Math.round(mb))),
    `${Math.round(each.spread * 100)} %`,
    each.others === undefined ? "–" : each.others.toFixed(2),
    String(each.errors),
  ]);
  const runtimes = [...new Set(summaries.map(({ runtime }) => runtime))].join(", ");
  return [
    `### ${describePoint(point)}`,
    "",
    `${runtimes}; medians of ${rounds} rounds, ratios too.`,
    "",
    ...markdown(head, rows),
    ...failures.map((failure) => `\nFailed: ${failure}`),
    "",
  ].join("\n");
};

/** A Markdown table whose first column is text and whose others are numbers. */
export const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(" | ")} |`,
  `|---|${"--:|".repeat(head.length - 1)}`,
  ...rows.map((row) => `| ${row.join(" | ")} |`),
];

const both = ({ client, server }: Sides, format: (value: number) => string): string =>
  `${format(client)} · ${format(server)}`;

/** Three significant digits at most, and no more than three after the point. */
const significant = (value: number): string => {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);
};
