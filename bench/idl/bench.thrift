namespace js bench
namespace go bench

/** Two strings, as in CloudWeGo's own benchmarks. */
struct Simple {
  1: required string action
  2: required string msg
}

struct Nested {
  1: i64 id
  2: string name
  3: double score
  4: bool ok
}

/** A record of the kind that services really exchange. */
struct Rich {
  1: bool flag
  2: i32 kind
  3: i32 code
  4: i64 id
  5: i64 ts
  6: double ratio
  7: double amount
  8: string name
  9: string title
  10: string note
  11: binary blob
  12: list<string> tags
  13: map<string, string> attrs
  14: Nested nested
  15: list<i64> refs
  16: bool deleted
}

service Bench {
  Simple EchoSimple(1: Simple req)
  Rich EchoRich(1: Rich req)
}
