import { describe, expect, it } from "vitest";
import type { StructDescriptor } from "./descriptor.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { structDescriptor, unionDescriptor } from "./struct-descriptor.ts";

type Value = Readonly<Record<string, unknown>>;

const Point: StructDescriptor<Value> = structDescriptor("Point", [
  [1, "x", "i32", 1],
  [2, "y", "i32", 0, 7],
]);
const Choice: StructDescriptor<Value> = unionDescriptor("Choice", [
  [1, "point", () => Point],
  [2, "text", "string"],
]);
const Shape: StructDescriptor<Value> = structDescriptor("Shape", [
  [1, "name", "string"],
  [2, "long", "i64"],
  [3, "number", "i64:number", 2, 3n],
  [4, "digits", "i64:string", 0, 4],
  [5, "points", ["list", () => Point]],
  [6, "marks", ["set", "string"]],
  [7, "blobs", ["set", "binary"]],
  [8, "byName", ["map", "string", () => Point]],
  [9, "origin", () => Point, 2, () => ({ x: 0 })],
  [10, "other", () => Point],
  [11, "blob", "binary"],
  [12, "constructor", "string", 2],
]);

describe("create()", () => {
  it("fills in every default, to the bottom", () => {
    expect(Shape.create({ points: [{ x: 1 }] })).toEqual({
      name: "",
      long: 0n,
      number: 3,
      digits: "4",
      points: [{ x: 1, y: 7 }],
      marks: new Set(),
      blobs: [],
      byName: new Map(),
      origin: { x: 0, y: 7 },
      other: undefined,
      blob: new Uint8Array(0),
      constructor: undefined,
    });
  });

  it("turns looser input into the types of decoded values", () => {
    expect(
      Shape.create({
        long: 5,
        number: 6n,
        digits: 8n,
        marks: ["a", "a"],
        blobs: new Set([Uint8Array.of(1)]),
        byName: { p: { x: 1 } },
      }),
    ).toMatchObject({
      long: 5n,
      number: 6,
      digits: "8",
      marks: new Set(["a"]),
      blobs: [Uint8Array.of(1)],
      byName: new Map([["p", { x: 1, y: 7 }]]),
    });
  });

  it("copies", () => {
    const points = [{ x: 1 }];
    const blob = Uint8Array.of(1);
    const shape = Shape.create({ points, blob });
    points.push({ x: 2 });
    blob[0] = 9;
    expect(shape["points"]).toHaveLength(1);
    expect(shape["blob"]).toEqual(Uint8Array.of(1));
    expect(Shape.create({})["origin"]).not.toBe(Shape.create({})["origin"]);
  });

  it("completes the member of a union", () => {
    expect(Choice.create({ case: "point", value: { x: 1 } })).toEqual({ case: "point", value: { x: 1, y: 7 } });
    expect(Choice.create({})).toEqual({ case: undefined, value: undefined });
    expect(() => Choice.create({ case: "line", value: 1 })).toThrow(
      "Choice.case: expected one of point, text, got string",
    );
  });

  it.each<[string, unknown]>([
    ["Shape: expected object, got number", 5],
    ["Shape: expected object, got null", null],
    ["Point.x: required field is not set", { points: [{}] }],
    ["Shape.points: expected array or iterable, got number", { points: 5 }],
    ["Shape.byName: expected Map or plain object, got array", { byName: [] }],
  ])("%s", (message, init) => {
    expect(() => Shape.create(init as Value)).toThrow(InvalidValueError);
    expect(() => Shape.create(init as Value)).toThrow(message);
  });
});
