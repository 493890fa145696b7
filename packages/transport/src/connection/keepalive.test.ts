import { describe, expect, it } from "vitest";
import { Keepalive } from "./keepalive.ts";

/** Looks at a connection from which so many bytes have come by each of these moments. */
const looks = (keepalive: Keepalive, ...seen: readonly (readonly [bytesRead: number, now: number])[]): string[] =>
  seen.map(([bytesRead, now]) => keepalive.look(bytesRead, false, now, 100, 50));

describe("Keepalive", () => {
  it("asks once who does not answer heartbeats, and never gives it up", () => {
    expect(looks(new Keepalive(), [10, 0], [10, 1000], [10, 9000], [20, 9500], [20, 99_000])).toEqual([
      "ask",
      "fine",
      "fine",
      "fine",
      "fine",
    ]);
  });

  it("asks when nothing has come for a while, and not while something comes", () => {
    const keepalive = new Keepalive();
    keepalive.isAnswered = true;
    expect(looks(keepalive, [1, 0], [2, 90], [3, 180], [3, 279], [3, 280], [3, 329])).toEqual([
      "fine",
      "fine",
      "fine",
      "fine",
      "ask",
      "fine",
    ]);
    expect(looks(keepalive, [3, 330])).toEqual(["dead"]);
  });

  it("takes any byte for an answer", () => {
    const keepalive = new Keepalive();
    keepalive.isAnswered = true;
    expect(looks(keepalive, [1, 0], [1, 100], [2, 160], [2, 259], [2, 260])).toEqual([
      "fine",
      "ask",
      "fine",
      "fine",
      "ask",
    ]);
  });
});
