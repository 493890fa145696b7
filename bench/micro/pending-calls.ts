// Which structure keeps calls by sequence id: ids count up, and most are taken out soon after they were put in.
import { measure } from "../codec/measure.ts";
import { printTimes } from "./print-times.ts";

interface Pending {
  sequenceId: number;
}

const inFlight = 100;
const mask = 255;
const call = (sequenceId: number): Pending => ({ sequenceId });

const ring = new Array<Pending | undefined>(mask + 1).fill(undefined);
const map = new Map<number, Pending>();
const object: Record<number, Pending> = {};
for (let id = 0; id < inFlight; id++) {
  ring[id & mask] = call(id);
  map.set(id, call(id));
  object[id] = call(id);
}
const one = call(0);
let next = inFlight;

const times = measure({
  "ring, by the id's low bits": () => {
    const id = next++;
    one.sequenceId = id;
    ring[id & mask] = one;
    const oldest = ring[(id - inFlight) & mask];
    ring[(id - inFlight) & mask] = undefined;
    return oldest?.sequenceId !== 0;
  },
  Map: () => {
    const id = next++;
    map.set(id, one);
    const oldest = map.get(id - inFlight);
    map.delete(id - inFlight);
    return oldest !== one;
  },
  "plain object": () => {
    const id = next++;
    object[id] = one;
    const oldest = object[id - inFlight];
    delete object[id - inFlight];
    return oldest !== one;
  },
});
printTimes(`Put one call in and take one out, ${inFlight} in flight`, times);
