import { measure, type Run, type Timing } from "./measure.ts";
import type { Peer } from "./peers.ts";
import type { Point } from "./points.ts";

/** All runs of one peer at one point. */
export interface PeerRuns {
  readonly name: string;
  readonly runs: readonly Run[];
  /** Why there is none. */
  readonly failure: string | undefined;
}

/**
 * Measures peers beside each other. Round by round, every other one backwards, so that a drift of the machine's speed hits all alike, and peers that
 * stand side by side in the list are measured one right after the other. A peer that fails once is left out from then on.
 */
export const measureRounds = async (
  peers: readonly Peer[],
  point: Point,
  rounds: number,
  timing: Timing,
  progress: (line: string) => void,
): Promise<readonly PeerRuns[]> => {
  const runs = new Map<string, Run[]>(peers.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
      if (failures.has(peer.name)) continue;
      try {
        const run = await measure(peer, point, timing);
        runs.get(peer.name)?.push(run);
        progress(`round ${round + 1}: ${peer.name} ${run.qps.toLocaleString("en")} calls/s${noiseOf(run, timing)}`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        progress(`round ${round + 1}: ${peer.name} failed: ${reason}`);
        // A table has room for one line.
        failures.set(peer.name, reason.split("\n", 1)[0] ?? reason);
      }
    }
  }
  return peers.map(({ name }) => ({ name, runs: runs.get(name) ?? [], failure: failures.get(name) }));
};

const noiseOf = ({ others }: Run, { noise }: Timing): string =>
  others !== undefined && others > noise ? `, while others used ${others.toFixed(2)} cores` : "";
