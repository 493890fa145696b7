namespace go rules

enum Plan { FREE = 0, TEAM = 5, COMPANY = 9 }

struct Address {
  1: string street (vt.min_size = "1", vt.max_rune_size = "40")
  2: optional string postcode (vt.pattern = "^\\d{4,5}$")
} (vt.assert = "@equal(@mod(@len($street), 2), 0)")

/** Every rule once. */
struct Account {
  1: required i64 id (vt.gt = "0", vt.not_in = "7", vt.not_in = "9007199254740993")
  2: string name (vt.min_size = "2", vt.max_size = "$name_limit", vt.not_contains = "\"")
  3: i32 name_limit = 20 (vt.le = "64", vt.const = "@add(10, 10)")
  4: optional double ratio (vt.ge = "0", vt.lt = "1e3")
  5: optional string website (vt.prefix = "https://", vt.suffix = "/", vt.contains = "@", vt.not_nil = "true")
  6: Plan plan (vt.defined_only = "true", vt.not_in = "Plan.COMPANY")
  7: list<string> tags (vt.max_size = "3", vt.elem.in = "a", vt.elem.in = "b")
  8: map<string, list<i16>> scores (vt.min_size = "0", vt.no_sparse = "true", vt.key.min_size = "1", vt.value.elem.ge = "-1")
  9: Address home
  10: Address unchecked (vt.skip = "true")
  11: list<Address> others (vt.elem.skip = "false")
  12: binary token (vt.const = "secret")
  13: optional bool agreed (vt.const = "true")
  14: optional string greeting (vt.const = "@sprintf(\"%s-%03d\", $name, $name_limit)")
  15: optional Account parent
  16: optional i64 at (vt.le = "@now_unix_nano()", ts.int64 = "string")
}

union Contact {
  1: string mail (vt.contains = "@")
  2: Address post
}

exception Refused {
  1: string message (vt.min_size = "1")
  2: i8 code (vt.gt = "0x10")
}
