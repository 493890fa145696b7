import { TType } from "../ttype.ts";

/** Type codes of Thrift Compact, as they stand in the low half of field and container headers. */
export const CType = {
  stop: 0,
  /** A field of type bool is its header: this code, or the next. As type of elements, both mean bool. */
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  /** `string` and `binary`. */
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  /** Known to Apache Thrift since 0.17; here it is only ever skipped. */
  uuid: 13,
} as const;

const pairs: readonly (readonly [ttype: number, ctype: number])[] = [
  [TType.bool, CType.false],
  // The later one is written: 1 is what the libraries write for elements, whatever the specification said.
  [TType.bool, CType.true],
  [TType.byte, CType.i8],
  [TType.i16, CType.i16],
  [TType.i32, CType.i32],
  [TType.i64, CType.i64],
  [TType.double, CType.double],
  [TType.string, CType.binary],
  [TType.list, CType.list],
  [TType.set, CType.set],
  [TType.map, CType.map],
  [TType.struct, CType.struct],
];

const toCType: number[] = [];
const toTType: number[] = [];
for (const [ttype, ctype] of pairs) {
  toCType[ttype] = ctype;
  toTType[ctype] = ttype;
}

/** The code for a {@link TType}; that of bool is the one for elements. */
export const ctypeOf = (ttype: number): number => toCType[ttype] ?? CType.stop;

/** The {@link TType} for a code, or -1 when no value of an IDL type has it. */
export const ttypeOf = (ctype: number): number => toTType[ctype] ?? -1;
