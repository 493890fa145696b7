import { describe, expect, it } from "vitest";
import { SequenceTable } from "./sequence-table.ts";

const entry = (): { sequenceId: number } => ({ sequenceId: 0 });

describe("SequenceTable", () => {
  it("counts from 1 and finds by the whole id", () => {
    const table = new SequenceTable(4);
    const first = entry();
    table.add(first);
    expect(first.sequenceId).toBe(1);
    expect(table.get(1)).toBe(first);
    expect(table.get(5)).toBeUndefined();
    expect(table.take(5)).toBeUndefined();
    expect(table.take(1)).toBe(first);
    expect(table.take(1)).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it("goes around a call that stays, without growing for it", () => {
    const table = new SequenceTable(4);
    const slow = entry();
    table.add(slow);
    const ids = new Set<number>();
    for (let round = 0; round < 10_000; round++) {
      const quick = entry();
      table.add(quick);
      expect(quick.sequenceId & 3).not.toBe(slow.sequenceId & 3);
      ids.add(quick.sequenceId);
      table.take(quick.sequenceId);
    }
    expect(ids.size).toBe(10_000);
    expect(table.get(slow.sequenceId)).toBe(slow);
  });

  it("keeps everybody while it grows", () => {
    const table = new SequenceTable(4);
    const all = Array.from({ length: 10_000 }, entry);
    for (const one of all) table.add(one);
    expect(table.size).toBe(10_000);
    for (const one of all) expect(table.get(one.sequenceId)).toBe(one);
    expect(new Set(all.map(({ sequenceId }) => sequenceId)).size).toBe(10_000);
    expect(table.clear()).toHaveLength(10_000);
    expect(table.size).toBe(0);
  });

  it("leaves out ids for messages without an answer, and names the only entry", () => {
    const table = new SequenceTable(4);
    expect(table.anyId()).toBe(0);
    const id = table.skip();
    const one = entry();
    table.add(one);
    expect(one.sequenceId).toBe(id + 1);
    expect(table.anyId()).toBe(one.sequenceId);
  });
});
