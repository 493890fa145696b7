import { Color, type EverythingInit, type KeyedInit } from "../kitex_gen/judge/judge.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** Every field is set, most to an edge of its type. */
export const full = (): EverythingInit => ({
  yes: true,
  tiny: -128,
  small: 127,
  short_: -32768,
  medium: 2147483647,
  large: -(2n ** 63n),
  real: -Number.MAX_VALUE,
  text: `žluťoučký 🐎 \u0000 ${"x".repeat(70_000)}`,
  raw: Uint8Array.from({ length: 256 }, (_, i) => i),
  color: Color.BLUE,
  user: 9007199254740993n,
  point: { x: -2147483648, y: 0, label: "" },

  maybeYes: false,
  maybeTiny: 0,
  maybeShort: 32767,
  maybeMedium: 0,
  maybeLarge: 2n ** 63n - 1n,
  maybeReal: Number.MIN_VALUE,
  maybeText: "",
  maybeRaw: bytes(),
  // No name in this IDL, as from a peer with a newer one.
  maybeColor: 77,
  maybeUser: 0n,
  maybePoint: { x: 1, y: 2 },

  mustYes: true,
  mustLarge: -1n,
  mustText: "must",
  mustList: [1, -1],

  bools: [true, false, true],
  bytes: [-128, 0, 127],
  shorts: [-32768, 32767],
  mediums: [-2147483648, 2147483647],
  larges: [-(2n ** 63n), -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n],
  reals: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1, 1e-300],
  texts: ["", "a", "čř"],
  raws: [bytes(), bytes(0, 255)],
  colors: [Color.RED, Color.GREEN, Color.LAST, -1],
  points: [
    { x: 1, y: 2 },
    { x: 3, y: 4, label: "p" },
  ],
  cube: [[[1, 2], []], [], [[3]]],

  tags: new Set(["one", "two"]),
  ids: new Set([1n, -1n]),
  palette: new Set([Color.RED, Color.BLUE]),

  labels: new Map([
    ["k", "v"],
    ["", ""],
  ]),
  readings: new Map([
    [-1, 0.5],
    [1, -0.5],
  ]),
  byColor: new Map<number, string[]>([
    [Color.GREEN, ["leaf", "grass"]],
    [Color.LAST, []],
  ]),
  deep: new Map([
    [
      "a",
      new Map([
        [1, new Set(["x", "y"])],
        [2, new Set<string>()],
      ]),
    ],
    ["b", new Map()],
  ]),
  rows: [new Map([["r", [{ x: 5, y: 6 }]]]), new Map()],
  blobs: new Map([["blob", bytes(1, 2, 3)]]),
  directory: new Map([["7", ["ann", "bo"]]]),
  maybeLabels: new Map(),

  shape: { case: "polygon", value: [1, 2, 3] },
  shapes: [
    { case: "point", value: { x: 1, y: 2 } },
    { case: "radius", value: 1.5 },
    { case: "text", value: "" },
    { case: "polygon", value: [] },
    { case: "handle", value: -5n },
    { case: "color", value: Color.RED },
    { case: "raw", value: bytes(9) },
  ],
  tree: {
    value: "root",
    left: { value: "left", left: { value: "leftmost" } },
    right: { value: "right" },
    others: [{ value: "other", others: [] }],
  },

  largestId: "last",
});

/**
 * Only what the wire cannot do without.
 */
export const sparse = (): EverythingInit => ({
  mustYes: false,
  mustLarge: 0n,
  mustText: "",
  mustList: [],
});

export const keyed = (): KeyedInit => ({
  byId: new Map([
    [-(2n ** 63n), { x: 1, y: 2, label: "deep" }],
    [2n ** 63n - 1n, { x: -1, y: -2 }],
  ]),
  byFlag: new Map([
    [true, 1],
    [false, -1],
  ]),
});
