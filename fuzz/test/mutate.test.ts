import { describe, expect, it } from "vitest";
import { binary, compactProtocol } from "../corpus/protocol.ts";
import { Messages, structSamples } from "../corpus/thrift.ts";
import { recorded } from "../corpus/transport.ts";
import { Random } from "../lib/random.ts";
import { mutate } from "../mutate/mutate.ts";
import { protobufMessage } from "../mutate/protobuf-sites.ts";
import type { Sample } from "../mutate/sample.ts";
import { textSample } from "../mutate/text-sites.ts";

const samples: readonly Sample[] = [
  ...[binary, compactProtocol].flatMap((protocol) => [
    ...structSamples(protocol).flatMap(({ samples: some }) => some),
    ...new Messages(protocol).requests(),
    ...new Messages(protocol).replies(),
  ]),
  ...recorded(),
  // { 1: "ab", 2: { 1: 150 }, 3: fixed32 }
  protobufMessage(Buffer.from("0a02616212030896011d01020304", "hex")),
  textSample("struct A {\n  1: i32 b\n}\n\nconst i32 C = 1\n", /\w+|[^\s\w]/g),
];

describe("Random", () => {
  const numbers = (key: string): number[] => {
    const random = new Random(key);
    return Array.from({ length: 20 }, () => random.u32());
  };

  it("gives the same numbers for the same key, and others for another", () => {
    expect(numbers("a 1")).toEqual(numbers("a 1"));
    expect(numbers("a 1")).not.toEqual(numbers("a 2"));
  });

  it("reaches every value below a limit", () => {
    const random = new Random("k");
    expect(new Set(Array.from({ length: 500 }, () => random.below(10))).size).toBe(10);
  });
});

describe("sites", () => {
  it("lie inside the sample", () => {
    for (const { bytes, sites } of samples) {
      expect(sites.length).toBeGreaterThan(0);
      for (const { at, size } of sites) expect(at >= 0 && size >= 0 && at + size <= bytes.length).toBe(true);
    }
  });
});

describe("mutate()", () => {
  it("gives the same input for the same key", () => {
    for (let index = 0; index < 200; index++) {
      const [one, other] = [new Random(`${index}`), new Random(`${index}`)];
      expect(mutate(one, one.pick(samples), samples)).toEqual(mutate(other, other.pick(samples), samples));
    }
  });

  it("leaves the samples as they are, and changes nearly every copy", () => {
    const before = samples.map(({ bytes }) => bytes.toString("hex"));
    let changed = 0;
    for (let index = 0; index < 1000; index++) {
      const random = new Random(`${index}`);
      const sample = random.pick(samples);
      if (!mutate(random, sample, samples).equals(sample.bytes)) changed++;
    }
    expect(samples.map(({ bytes }) => bytes.toString("hex"))).toEqual(before);
    expect(changed).toBeGreaterThan(900);
  });

  it("stays of bounded size", () => {
    for (let index = 0; index < 2000; index++) {
      const random = new Random(`size ${index}`);
      const sample = random.pick(samples);
      expect(mutate(random, sample, samples).length).toBeLessThan(sample.bytes.length + 6 * 70_000);
    }
  });
});
