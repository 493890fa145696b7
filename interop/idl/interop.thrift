namespace go interop
namespace js interop

include "base.thrift"

/** Values with a gap, a negative one and the largest. */
enum Color {
  BLUE = -5
  RED = 1
  GREEN
  LAST = 2147483647
}

typedef i64 UserId
typedef list<string> Names
typedef map<UserId, Names> Directory

struct Point {
  1: required i32 x
  2: required i32 y
  3: optional string label
}

/** Exactly one member. */
union Shape {
  1: Point point
  2: double radius
  3: string name
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
  4: i16 short
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
  83: map<i64, Point> places
  84: map<Color, list<string>> byColor
  85: map<bool, byte> flags
  86: map<string, map<i16, set<string>>> deep
  87: list<map<string, list<Point>>> rows
  88: map<string, binary> blobs
  89: Directory directory
  90: optional map<string, string> maybeLabels

  101: optional Shape shape
  102: list<Shape> shapes
  103: optional Tree tree

  -7: string negativeId
  32767: string largestId
}

const i32 ANSWER = 42
const list<string> FRIENDS = ["ann", "bo"]

/** Default values: fields that are absent from the wire take them at the receiver. */
struct Defaults {
  1: bool yes = true
  2: i32 number = ANSWER
  3: i64 large = -9007199254740993
  4: double real = 2.5
  5: string text = "none"
  6: Color color = Color.GREEN
  7: list<string> names = FRIENDS
  8: map<string, i32> scores = {"a": 1}
  9: optional i32 maybeNumber = 7
  10: optional string maybeText = "maybe"
  11: optional list<i32> maybeNumbers = [1, 2, 3]
  12: required i16 must = 3
  13: set<i32> digits = [1, 2]
}

/** An earlier version of Everything, which knows few of its fields: it must skip all others. */
struct Glimpse {
  5: i32 medium
  8: string text
  12: Point point
  41: required bool mustYes
  42: required i64 mustLarge
  /** Unset, it is what today's version requires and does not get. */
  43: optional string mustText
  44: required list<i32> mustList
}

/** Nothing there. */
exception NotFound {
  1: required string name
  2: i64 searched
  3: optional Point near
}

/** What the server shall answer as its business status error. */
struct Business {
  1: i32 code
  2: string message
  3: optional map<string, string> extra
}

enum FailureKind {
  /** The handler returns an ordinary error. */
  ERROR = 1
  /** The handler returns an error with a type id of its own. */
  TYPED = 2
  /** The handler panics. */
  PANIC = 3
}

struct Failure {
  1: FailureKind kind
  2: string message
  /** Only with TYPED. */
  3: i32 typeId
}

/** What one server saw of its caller. */
struct Observed {
  /** Values for this hop. */
  1: map<string, string> transient
  /** Values for all hops. */
  2: map<string, string> persistent
  /** The caller's service name; empty without TTHeader. */
  3: string callerService
  4: string callerMethod
  /** The caller's RPC timeout in milliseconds; 0 without one. */
  5: i64 timeoutMs
}

struct ChainRequest {
  /** host:port of an Interop server, which is called over TTHeader. */
  1: string address
  /** Values the middle server adds for its own next hop. */
  2: map<string, string> transient
  /** Values the middle server adds for all further hops. */
  3: map<string, string> persistent
  /** Values that each of the two servers sends back, with its role (`middle.` or `last.`) before the key. */
  4: map<string, string> backward
}

struct ChainResponse {
  1: Observed middle
  2: Observed last
  /** The backward values that the middle server received. */
  3: map<string, string> backward
}

/** What the peers of both languages implement, so that every call can be made in every direction. */
service Interop extends base.Base {
  Everything EchoEverything(1: Everything request)

  Defaults EchoDefaults(1: Defaults request)

  /** Answers with all fields unset. */
  Defaults MakeDefaults()

  binary EchoBinary(1: binary payload)

  void Nothing()

  oneway void Notify(1: string token)

  /** The arguments as text, with `/` between them: `first/2/a,b/true`. */
  string Join(1: string first, 2: i32 second, 3: list<string> rest, 5: bool flag)

  /** Answers `found <name>`, or throws: NotFound for `missing`, Denied for `forbidden`. */
  string Find(1: string name) throws (1: NotFound notFound, 3: base.Denied denied)

  /** As Find, without a result. */
  void Verify(1: string name) throws (1: NotFound notFound, 3: base.Denied denied)

  /** Answers with a business status error. */
  string Refuse(1: Business business)

  /** Never answers with a result. */
  string Fail(1: Failure failure)

  /** Answers after so many milliseconds. */
  i32 Sleep(1: i32 milliseconds)

  /** Answers with `text` once `count` calls of this `group` wait for it: then so many are in flight at the same time. */
  string Gather(1: string group, 2: i32 count, 3: string text)

  /** Answers with `size` bytes; byte i is i modulo 251. */
  binary Payload(1: i32 size)

  /** Answers with what the server saw, and sends the given values back as backward metainfo. */
  Observed Observe(1: map<string, string> backward)

  /** Calls Observe at another server and reports both hops. */
  ChainResponse Chain(1: ChainRequest request)
}

/** An earlier version of Interop, for calls between peers of different age. */
service OldInterop {
  Glimpse EchoEverything(1: Glimpse request)
}
