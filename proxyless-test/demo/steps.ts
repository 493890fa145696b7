import type { Job, JobResult } from "../src/job.ts";

/** What a step may do besides making calls. */
export interface World {
  /** Makes `rule` (a file name under `k8s/overlays/`) the one rule in force; undefined removes it. */
  applyRule(rule: string | undefined): Promise<void>;
  /** Kills the server of a version the hard way. The control plane is not told. */
  killServer(version: string): Promise<void>;
  startServer(version: string): Promise<void>;
  stopControlPlane(): Promise<void>;
  startControlPlane(): Promise<void>;
}

/** One thing that the mesh does, and how one sees that it did. */
export interface Step {
  readonly title: string;
  /** For somebody who has never seen xDS. */
  readonly explain: string;
  readonly prepare: (world: World) => Promise<void>;
  readonly jobs: readonly { readonly what: string; readonly job: Job; readonly expect: Expectation }[];
}

export interface Expectation {
  /** In words, for the table. */
  readonly text: string;
  readonly holds: (result: JobResult) => boolean;
}

const count = (counts: Readonly<Record<string, number>>, name: string): number => counts[name] ?? 0;
const failures = (result: JobResult): number => Object.values(result.errors).reduce((sum, each) => sum + each, 0);
const answers = (result: JobResult): number => Object.values(result.versions).reduce((sum, each) => sum + each, 0);

const only = (version: string): Expectation => ({
  text: `all to ${version}`,
  holds: (result) =>
    failures(result) === 0 && count(result.versions, version) === answers(result) && answers(result) > 0,
});

const both: Expectation = {
  text: "both versions, no failure",
  holds: (result) => failures(result) === 0 && count(result.versions, "v1") > 0 && count(result.versions, "v2") > 0,
};

/** Within four standard deviations of a fair draw: wrong weights fail, bad luck practically never does. */
const share = (version: string, percent: number): Expectation => ({
  text: `about ${percent} % to ${version}`,
  holds: (result) => {
    const total = answers(result);
    const p = percent / 100;
    const tolerance = 4 * Math.sqrt(total * p * (1 - p));
    return failures(result) === 0 && Math.abs(count(result.versions, version) - total * p) <= tolerance;
  },
});

const hello = (calls: number, more: Partial<Job> = {}): Job => ({ method: "sayHello1", calls, ...more });

export const steps: readonly Step[] = [
  {
    title: "No rules",
    explain: "The service has two versions and nobody said how to divide the calls.",
    prepare: (world) => world.applyRule(undefined),
    jobs: [{ what: "SayHello1", job: hello(100), expect: both }],
  },
  {
    title: "Weights: 90 % v1, 10 % v2",
    explain: "A VirtualService divides the traffic, as one does for a careful roll-out.",
    prepare: (world) => world.applyRule("weights"),
    jobs: [{ what: "SayHello1", job: hello(500), expect: share("v1", 90) }],
  },
  {
    title: "Tag match: stage=canary goes to v1",
    explain: 'callopt.withTag("stage", "canary") marks a call; the rule matches the mark as if it were a header.',
    prepare: (world) => world.applyRule("tag-match"),
    jobs: [
      { what: "SayHello1, stage=canary", job: hello(100, { tags: { stage: "canary" } }), expect: only("v1") },
      { what: "SayHello1, no tag", job: hello(100), expect: only("v2") },
    ],
  },
  {
    title: "Method match: SayHello2 goes to v2",
    explain: "The rule matches the path /proxyless.GreetService/SayHello2: package, service, method.",
    prepare: (world) => world.applyRule("method-match"),
    jobs: [
      { what: "SayHello2", job: hello(100, { method: "sayHello2" }), expect: only("v2") },
      { what: "SayHello1", job: hello(100), expect: only("v1") },
    ],
  },
  {
    title: "Route timeout: 0.5 s",
    explain:
      "The handler is asked to take 2 s; the route allows 0.5 s, so the client gives up then. Quick calls go on.",
    prepare: (world) => world.applyRule("timeout"),
    jobs: [
      {
        what: "SayHello1, handler takes 2 s",
        job: hello(4, { message: "wait 2000 ms", concurrency: 4 }),
        expect: {
          text: "all cut by rpc_timeout after 0.5 s",
          holds: (result) =>
            count(result.errors, "rpc_timeout") === 4 && result.slowestMs >= 450 && result.slowestMs < 1500,
        },
      },
      { what: "SayHello1", job: hello(100), expect: both },
    ],
  },
  {
    title: "The server of v1 dies",
    explain: "It is killed without a word and the control plane still lists it. The client notices and goes to v2.",
    prepare: async (world) => {
      await world.applyRule(undefined);
      await world.killServer("v1");
    },
    jobs: [{ what: "SayHello1", job: hello(100), expect: only("v2") }],
  },
  {
    title: "The server of v1 is back",
    explain: "The same address answers again and gets its share again.",
    prepare: (world) => world.startServer("v1"),
    jobs: [{ what: "SayHello1", job: hello(100), expect: both }],
  },
  {
    title: "The control plane is gone",
    explain: "The client keeps what it knows: calls need the control plane only to learn of changes.",
    prepare: (world) => world.stopControlPlane(),
    jobs: [{ what: "SayHello1", job: hello(100), expect: both }],
  },
  {
    title: "The control plane is back, with a rule",
    explain: "The client finds it again by itself and follows it again: the tag rule once more.",
    prepare: async (world) => {
      await world.applyRule("tag-match");
      await world.startControlPlane();
    },
    jobs: [
      { what: "SayHello1, stage=canary", job: hello(100, { tags: { stage: "canary" } }), expect: only("v1") },
      { what: "SayHello1, no tag", job: hello(100), expect: only("v2") },
    ],
  },
];
