import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// One input may leave this behind, whatever it says of its own size. The second term is what the values of a message may weigh that is all
// counts: an empty struct is one byte on the wire, and an object with a field for each of its defaults in memory.
const BASE_BYTES = 32 * 1024 * 1024;
const BYTES_PER_BYTE = 16 * 1024;

/** What the objects and the buffers of this thread take. */
export const usedBytes = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

export const allowedGrowth = (inputBytes: number): number => BASE_BYTES + inputBytes * BYTES_PER_BYTE;

/** What is left when everything that nobody needs has gone. */
export const retainedBytes = (): number => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return usedBytes();
};
