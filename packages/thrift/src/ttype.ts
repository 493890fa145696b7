/** Type codes of Thrift Binary, as they stand in field and container headers. Kitex: `thrift.TType`. */
export const TType = {
  stop: 0,
  /** Only in replies of Kitex' generic servers to methods without a result. */
  void: 1,
  bool: 2,
  /** `i8` and `byte`. */
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  /** `string` and `binary`. */
  string: 11,
  /** Structs, unions and exceptions. */
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;
