import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runStep } from "../../proxyless-test/demo/run-step.ts";
import { steps } from "../../proxyless-test/demo/steps.ts";
import { IstioWorld } from "../support/istio-world.ts";

// What the demo shows on the embedded control plane must hold with Istio's own: the base and every rule of k8s/, our processes unchanged.
describe("the demo's steps with istiod as control plane", () => {
  let world: IstioWorld;
  beforeAll(async () => {
    world = await IstioWorld.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  for (const step of steps) {
    it(step.title, async () => {
      const rows = await runStep(step, world, (job) => world.client.run(job));
      for (const row of rows) expect(row, `${row.what}: ${row.expected}`).toMatchObject({ isRight: true });
    });
  }
});
