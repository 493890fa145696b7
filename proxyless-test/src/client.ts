import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as xds from "@kitex-ts/xds";
import { client, closeClient, createClient } from "kitex-ts";
import { GreetService, type GreetServiceClient } from "../kitex_gen/proxyless/proxyless.ts";
import { type Job, runJob } from "./job.ts";

/** What the client does over and over in a cluster, so that `kubectl logs` shows the effect of a rule as it is applied. */
const rounds: readonly (Job & { readonly what: string })[] = [
  { what: "SayHello1", method: "sayHello1", calls: 100 },
  { what: "SayHello1 with stage=canary", method: "sayHello1", calls: 20, tags: { stage: "canary" } },
  { what: "SayHello2", method: "sayHello2", calls: 20 },
];

/**
 * Calls the greeter through the mesh, without a sidecar. With `JOBS=stdin` it takes jobs as JSON lines and answers each with a line; otherwise it
 * goes round by round and prints where the calls went.
 */
export const runClient = async (): Promise<void> => {
  const destination = process.env["GREET_DESTINATION"] ?? "kitex-server.default.svc.cluster.local:80";
  await using manager = await xds.init();
  const greet = createClient(GreetService, destination, client.withXDSSuite(xds.clientSuite(manager)));
  try {
    await (process.env["JOBS"] === "stdin" ? takeJobs(greet) : goRound(greet));
  } finally {
    await closeClient(greet);
  }
};

const takeJobs = async (greet: GreetServiceClient): Promise<void> => {
  process.stdout.write("READY\n");
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await runJob(greet, JSON.parse(line) as Job))}\n`);
  }
};

const goRound = async (greet: GreetServiceClient): Promise<void> => {
  const pauseMs = Number(process.env["ROUND_PAUSE_MS"] ?? 5000);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  while (!stop.signal.aborted) {
    for (const round of rounds) {
      const { versions, errors, firstError } = await runJob(greet, round);
      const counts = Object.entries({ ...versions, ...errors }).sort(([a], [b]) => a.localeCompare(b));
      const line = `${round.what}: ${counts.map(([name, count]) => `${name} ${count}`).join(", ")}`;
      process.stdout.write(firstError === undefined ? `${line}\n` : `${line} (${firstError})\n`);
    }
    await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
  }
};
