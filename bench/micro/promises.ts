// What layers between caller and socket cost, by how they are written.
import { measureAsync } from "../codec/measure.ts";
import { printTimes } from "./print-times.ts";

type Endpoint = (request: number) => Promise<number>;
type Layer = (next: Endpoint) => Endpoint;

const ready: Endpoint = (request) => Promise.resolve(request);
const later: Endpoint = (request) => new Promise((resolve) => queueMicrotask(() => resolve(request)));
const layers = (count: number, layer: Layer): Endpoint =>
  Array.from({ length: count }, () => layer).reduceRight((next, each) => each(next), ready);

const passing: Layer = (next) => (request) => next(request);
const awaiting: Layer = (next) => async (request) => await next(request);
const watching: Layer = (next) => (request) => next(request).then((response) => response);
const wrapping: Layer = (next) => (request) =>
  new Promise((resolve, reject) => {
    next(request).then(resolve, reject);
  });

const passing5 = layers(5, passing);
const awaiting5 = layers(5, awaiting);
const watching5 = layers(5, watching);
const wrapping5 = layers(5, wrapping);

const times = await measureAsync({
  "await of a promise that is ready": () => ready(1),
  "await of one resolved in a microtask": () => later(1),
  "5 layers that return next(request)": () => passing5(1),
  "5 layers that are async and await": () => awaiting5(1),
  "5 layers that return next(request).then(…)": () => watching5(1),
  "5 layers with a new Promise each": () => wrapping5(1),
});
printTimes("Promises", times);
