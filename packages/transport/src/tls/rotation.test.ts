import type { Security, TLSGeneration } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { Rotation } from "./rotation.ts";

const generation = (cert: string, drainTimeoutMs?: number): TLSGeneration => ({
  cert,
  key: "key",
  ca: ["ca"],
  drainTimeoutMs,
});

const rotationOf = (first: TLSGeneration): { rotation: Rotation; replace: (next: TLSGeneration) => void } => {
  let current = first;
  const security: Security = { id: "test", current: () => current };
  const rotation = new Rotation(security);
  return {
    rotation,
    replace: (next) => {
      current = next;
      rotation.look();
    },
  };
};

describe("Rotation", () => {
  it("keeps a connection as long as its certificates are the newest, whatever object they come in", () => {
    const { rotation, replace } = rotationOf(generation("old", 800));
    const connection = {};
    replace(generation("old", 800));
    expect(rotation.fateOf(connection, generation("old"), 1e9)).toBe("keep");
    expect(rotation.fateOf(connection, undefined, 1e9)).toBe("keep");
  });

  it("replaces, drains and closes it in the drain timeout when they are not", () => {
    const { rotation, replace } = rotationOf(generation("old", 800));
    replace(generation("new", 800));
    for (let round = 0; round < 50; round++) {
      const connection = {};
      const fateAfter = (ms: number): string => rotation.fateOf(connection, generation("old"), 1000 + ms);
      // Its turn comes at random within the first quarter.
      expect(["keep", "replace"]).toContain(fateAfter(0));
      expect(fateAfter(200)).toBe("replace");
      expect(["replace", "drain"]).toContain(fateAfter(399));
      expect(fateAfter(401)).toBe("drain");
      expect(["drain", "close"]).toContain(fateAfter(799));
      expect(fateAfter(801)).toBe("close");
    }
  });

  it("leaves it alone when told so", () => {
    const { rotation, replace } = rotationOf(generation("old", Infinity));
    replace(generation("new", Infinity));
    expect(rotation.fateOf({}, generation("old"), 1e12)).toBe("keep");
  });

  it("goes on with what it knows when there is nothing new to be had", () => {
    const failing: Security = {
      id: "test",
      current: () => {
        throw new Error("no certificates");
      },
    };
    const rotation = new Rotation(failing);
    rotation.look();
    expect(rotation.fateOf({}, generation("old"), 0)).toBe("keep");
  });
});
