namespace js judge

include "shared.thrift"

// As ../../idl/interop.thrift, without what the judges cannot take: words that Apache Thrift reserves, field ids below 0, list constants as
// defaults (its JavaScript generator loses them).

enum Color {
  BLUE = -5
  RED = 1
  GREEN
  LAST = 2147483647
}

typedef i64 UserId
typedef list<string> Names
typedef map<string, Names> Directory

struct Point {
  1: required i32 x
  2: required i32 y
  3: optional string label
}

/** Exactly one member. */
union Shape {
  1: Point point
  2: double radius
  3: string text
  4: list<i32> polygon
  5: i64 handle
  6: Color color
  7: binary raw
}

struct Tree {
  1: string value
  2: optional Tree left
  3: optional Tree right
  4: optional list<Tree> others
}

/** One field of every type and the nestings that differ on the wire. Ids are out of order on purpose. */
struct Everything {
  /** Every base type, always on the wire. */
  1: bool yes
  2: byte tiny
  3: i8 small
  4: i16 short_
  5: i32 medium
  6: i64 large
  7: double real
  8: string text
  9: binary raw
  10: Color color
  11: UserId user
  12: Point point

  /** Every base type, on the wire only when set. */
  21: optional bool maybeYes
  22: optional byte maybeTiny
  24: optional i16 maybeShort
  25: optional i32 maybeMedium
  26: optional i64 maybeLarge
  27: optional double maybeReal
  28: optional string maybeText
  29: optional binary maybeRaw
  30: optional Color maybeColor
  31: optional UserId maybeUser
  32: optional Point maybePoint

  41: required bool mustYes
  42: required i64 mustLarge
  43: required string mustText
  44: required list<i32> mustList

  60: list<bool> bools
  51: list<byte> bytes
  52: list<i16> shorts
  53: list<i32> mediums
  54: list<i64> larges
  55: list<double> reals
  56: list<string> texts
  57: list<binary> raws
  58: list<Color> colors
  59: list<Point> points
  61: list<list<list<i32>>> cube

  71: set<string> tags
  72: set<i64> ids
  73: set<Color> palette

  81: map<string, string> labels
  82: map<i32, double> readings
  84: map<Color, list<string>> byColor
  86: map<string, map<i16, set<string>>> deep
  87: list<map<string, list<Point>>> rows
  88: map<string, binary> blobs
  89: Directory directory
  90: optional map<string, string> maybeLabels

  101: optional Shape shape
  102: list<Shape> shapes
  103: optional Tree tree

  32767: string largestId
}

/** Keys that Apache Thrift cannot hold in JavaScript, where its maps are plain objects. */
struct Keyed {
  1: map<i64, Point> byId
  2: map<bool, byte> byFlag
}

const i32 ANSWER = 42

/** Default values: fields that are absent from the wire take them at the receiver. */
struct Defaults {
  1: bool yes = true
  2: i32 number = ANSWER
  3: i64 large = -9007199254740993
  4: double real = 2.5
  5: string text = "none"
  6: Color color = Color.GREEN
  7: list<string> names = ["ann", "bo"]
  8: map<string, i32> scores = {"a": 1}
  9: optional i32 maybeNumber = 7
  10: optional string maybeText = "maybe"
  11: optional list<i32> maybeNumbers = [1, 2, 3]
  12: required i16 must = 3
  13: set<i32> digits = [1, 2]
}

/** An earlier version of Everything, which knows few of its fields, and one of another type: it must skip all others. */
struct Glimpse {
  5: i32 medium
  8: string text
  12: Point point
  41: required bool mustYes
  42: required i64 mustLarge
  /** Unset, it is what today's version requires and does not get. */
  43: optional string mustText
  44: required list<i32> mustList
  51: optional string bytes
}

/** Nothing there. */
exception NotFound {
  1: required string what
  2: i64 searched
  3: optional Point near
}

/** What every peer implements, so that every call can be made in every direction. */
service Judge extends shared.Base {
  Everything EchoEverything(1: Everything request)

  Keyed EchoKeyed(1: Keyed request)

  Defaults EchoDefaults(1: Defaults request)

  /** Answers with all fields unset. */
  Defaults MakeDefaults()

  binary EchoBinary(1: binary payload)

  void Nothing()

  oneway void Notify(1: string token)

  /** The arguments as text, with `/` between them: `first/2/a,b/true`. */
  string Join(1: string first, 2: i32 second, 3: list<string> rest, 5: bool flag)

  /** Answers `found <what>`, or throws: NotFound for `missing`, Denied for `forbidden`. */
  string Find(1: string what) throws (1: NotFound notFound, 3: shared.Denied denied)

  /** As Find, without a result. */
  void Verify(1: string what) throws (1: NotFound notFound, 3: shared.Denied denied)

  /** Never answers: throws an application exception of type 6 with this text. */
  string Fail(1: string message)
}

/** An earlier version of Judge, for calls between peers of different age. */
service OldJudge {
  Glimpse EchoEverything(1: Glimpse request)
}

/** A later version of Judge: it has a method that servers do not have yet. */
service NewJudge {
  string Added(1: string text)
}
