import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, startGoClients, startGoServer } from "../support/go-peer.ts";
import { type Caller, CallFailure, failureClasses, pairs, type Served } from "../support/pair.ts";
import { type Relay, type Side, startRelay } from "../support/relay.ts";
import { rowsOf } from "../support/rows.ts";
import { ways } from "../support/ways.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

/** In a length, at its end, in a header, in a payload. */
const places = [1, 4, 7, 15, 50, 1000, 60_000];
const large = "x".repeat(100_000);

const failureOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => new Error("the call should have failed"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CallFailure)) throw error;
  return error.class;
};

describe.each(pairs(() => goClients))("$direction", (pair) => {
  const { lost } = failureClasses(pair.direction);

  describe.each(ways)("$name", (way) => {
    const row = rowsOf(pair.direction, way);
    let served: Served;
    let relay: Relay;
    let caller: Caller;
    let bystander: Caller;
    beforeAll(async () => {
      served = await pair.serve(way);
      relay = await startRelay(served.address);
      caller = await pair.dial(relay.address, way);
      bystander = await pair.dial(served.address, way);
    });
    afterAll(async () => {
      await Promise.all([caller.close(), bystander.close()]);
      await relay[Symbol.asyncDispose]();
      await served.stop();
    });

    it.each(
      (["request", "answer"] as const).flatMap((side) => (["end", "reset"] as const).map((how) => ({ side, how }))),
    )(
      "fails the call whose $side is cut ($how), and no other",
      row("a connection cut inside a request or an answer"),
      async ({ side, how }: { readonly side: Side; readonly how: "end" | "reset" }) => {
        for (const place of places) {
          expect(await caller.ping("before")).toBe("before");
          const innocent = bystander.sleep(5);
          // In flight at the same time: with connections of its own it is not touched, with a shared one it is lost as well.
          const { requested } = relay;
          const group = `neighbours at ${place}`;
          const neighbour = (
            way.connections === "mux" ? caller.sleep(300) : caller.gather(group, 2, "neighbour")
          ).catch((error: unknown) => error);
          while (relay.requested === requested) await new Promise((resolve) => setTimeout(resolve, 1));
          const cut = relay.cut(side, place, how);
          expect(await failureOf(caller.ping(large)), `cut after ${place}`).toBe(lost);
          await cut;
          expect(await innocent).toBe(5);
          if (way.connections === "mux") expect(await neighbour).toMatchObject({ class: lost });
          else {
            expect(await caller.gather(group, 2, "after")).toBe("after");
            expect(await neighbour).toBe("neighbour");
          }
        }
        expect(caller.pending()).toBe(0);
      },
    );
  });
});

describe.each(ways)("our client, Go server: $name", (way) => {
  const row = rowsOf("our client, Go server", way);

  it("hears of a server that is killed", row("a server that is killed"), async () => {
    const server = await startGoServer({ mux: way.connections === "mux" });
    const [pair] = pairs(() => goClients);
    if (pair === undefined) throw new Error("no pair");
    const caller = await pair.dial(server.address, way);
    const running = Array.from({ length: 20 }, (_, i) => failureOf(caller.gather("never", 21, `${i}`)));
    expect(await caller.ping("alive")).toBe("alive");
    await server.kill();
    const { lost } = failureClasses(pair.direction);
    expect(await Promise.all(running)).toEqual(Array(20).fill(lost));
    expect(await failureOf(caller.ping("dead"))).toBe("get_connection/connection_refused");
    expect(caller.pending()).toBe(0);
    await caller.close();
  });
});

describe.each(ways)("Go client, our server: $name", (way) => {
  const row = rowsOf("Go client, our server", way);

  it("serves the others when a client is killed", row("a client that is killed"), async () => {
    const doomed = startGoClients();
    const pair = pairs(() => doomed)[1];
    const other = pairs(() => goClients)[1];
    if (pair === undefined || other === undefined) throw new Error("no pair");
    const served = await pair.serve(way);
    const caller = await pair.dial(served.address, way);
    const innocent = await other.dial(served.address, way);
    const running = Array.from({ length: 20 }, () =>
      caller.sleep(200).then(
        () => "answered",
        (error: unknown) => String(error),
      ),
    );
    expect(await caller.ping("alive")).toBe("alive");
    const neighbour = innocent.sleep(100);
    await doomed.kill();
    expect(await Promise.all(running)).toEqual(Array(20).fill(expect.stringContaining("ended with SIGKILL")));
    expect(await neighbour).toBe(100);
    expect(await innocent.ping("on")).toBe("on");
    await innocent.close();
    await served.stop();
  });
});
