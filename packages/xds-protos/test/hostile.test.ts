import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DecodeError, DiscoveryResponse, type MessageType, messageByTypeUrl, messageTypes } from "../src/index.ts";
import { anysIn, recordings } from "./recordings.ts";

/** A message or a `DecodeError`, nothing else. */
const decodes = (type: MessageType<object>, bytes: Uint8Array): boolean => {
  try {
    type.decode(bytes);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return false;
  }
};

interface Sample {
  readonly type: MessageType<object>;
  readonly bytes: Uint8Array;
}

/** The largest recorded message of each type. */
const samples: readonly Sample[] = [
  ...recordings
    .flatMap(({ bytes }) => [
      { type: DiscoveryResponse, bytes },
      ...[...anysIn(DiscoveryResponse.decode(bytes))].flatMap(({ typeUrl, value }) => {
        const type = messageByTypeUrl(typeUrl);
        return type ? [{ type, bytes: value }] : [];
      }),
    ])
    .reduce(
      (best, sample) =>
        sample.bytes.length > (best.get(sample.type)?.bytes.length ?? 0) ? best.set(sample.type, sample) : best,
      new Map<MessageType<object>, Sample>(),
    )
    .values(),
];

type Change = (bytes: Uint8Array) => Uint8Array;

const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(position, fc.nat(255)).map(
    ([at, value]): Change =>
      (bytes) => {
        const copy = bytes.slice();
        copy[Math.floor(at * bytes.length)] = value;
        return copy;
      },
  ),
  position.map(
    (at): Change =>
      (bytes) =>
        bytes.slice(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(position, position).map(
    ([a, b]): Change =>
      (bytes) => {
        const [from = 0, to = 0] = [a, b].map((at) => Math.floor(at * bytes.length)).sort((x, y) => x - y);
        return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
      },
  ),
);

describe("decode() of changed bytes", () => {
  it("has something to change", () => {
    expect(samples.length).toBeGreaterThanOrEqual(15);
  });

  it.each(samples.map(({ type, bytes }) => [type.typeName, type, bytes] as const))(
    "of a real %s gives a message or a DecodeError",
    (_, type, bytes) => {
      const outcomes = new Set<boolean>();
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          outcomes.add(
            decodes(
              type,
              changes.reduce((changed, apply) => apply(changed), bytes),
            ),
          );
        }),
        { numRuns: 300 },
      );
      if (bytes.length > 50) expect(outcomes.size).toBe(2);
    },
  );

  it("gives a message or a DecodeError for any bytes and every type", () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageTypes), fc.uint8Array({ maxLength: 64 }), (type, bytes) => {
        decodes(type, bytes);
      }),
      { numRuns: 3_000 },
    );
  });
});
