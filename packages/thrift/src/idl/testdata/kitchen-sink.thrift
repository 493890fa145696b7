/*
 * Everything the language has, in one file.
 */

include "shared.thrift"
include 'dotted.name.v1.thrift'
cpp_include "<unordered_map>"

namespace go example.KitchenSink
namespace js example.kitchen
namespace py.twisted example (note = "kept")
namespace * example.any

# ---- constants ----

const bool YES = true
const bool ALSO_YES = 1
const i8 TINY = -128;
const byte OLD_TINY = 0x7f,
const i16 SHORT = 32767
const i32 WIDE = +2147483647
const i32 HEX = -0x1F
const i32 OCTAL = 0o17
const i64 LONG = 9223372036854775807
const i64 LEAST = -9223372036854775808
const double HALF = .5
const double TINY_DOUBLE = -1.5E-3
const double WHOLE = 3
const string QUOTED = 'it is "quoted"' (note = "single")
const string ESCAPED = "tab\tnewline\nquote\"backslash\\hex\x41unicode\u00e9\U0001F600octal\101"
const binary BYTES = "\x00\xff\xfe"
const binary TEXT_BYTES = "é"
const i32 AGAIN = HEX
const i64 PAGE = shared.MAX_PAGE
const Color FAVOURITE = Color.GREEN
const Color BY_NUMBER = 7
const i32 COLOR_NUMBER = Color.BLUE
const shared.Level LEVEL = shared.Level.HIGH
const dotted.name.v1.Shade SHADE = dotted.name.v1.Shade.DARK
const Tint TINTED = Tint.RED
const list<i32> NUMBERS = [1, 2; 3 HEX,]
const list<list<string>> NESTED = [["a"], [], ["b", GREETING]]
const string GREETING = shared.GREETING
const set<Color> PALETTE = [Color.RED, Color.BLUE]
const set<i32> NOTHING = {}
const map<string, i32> AGES = {"ann": 30, "bob": 40;}
const map<Color, list<double>> MATRIX = {
  Color.RED: [1.0, 2, HALF],
  Color.GREEN: [],
}
const User ROOT = {"id": 0, "name": "root", "roles": ["admin"], "home": {"street": "none"}}
const list<User> USERS = [ROOT, {"id": 1, "name": "guest"}]
const Choice CHOSEN = {"number": 42}

// ---- types ----

typedef i64 UserId
typedef UserId OwnerId (note = "chain")
typedef map<UserId, list<User>> Directory;
typedef Color Tint
typedef shared.Tokens Tokens
typedef string (pattern = "\\d+") Digits (doc = "typedef"),

/**
 * A colour.
 *
 *   - indented
 */
enum Color {
  /** The first. */
  RED = 1 (hex = "#f00"),
  GREEN   // implied 2
  BLUE = 7;
  NEGATIVE = -5
  AFTER
  HEX = 0x10
} (open = "true")

enum Empty {}

// Detached: this belongs to nothing.

// An address.
// Of two lines.
struct Address {
  1: string street
  2: optional string city (api.body = "town", go.tag = 'json:"city,omitempty"')
}

struct User {
  1: required UserId id
  2: required string name,
  3: optional string email (vt.pattern = "^[^@]+@[^@]+$", api.path = "email")
  4: list<string> roles = ["user"]; // trailing
  5: set<i32> numbers = [1, 2]
  6: map<string, Address> addresses
  7: optional Address home
  8: optional User friend (cpp.ref = "true", deprecated)
  9: Color color = Color.RED
  10: bool active = true
  11: binary picture
  12: double score = 1.5
  13: optional i32 retries = 3
  14: byte flags = 0x0f
  15: optional shared.Base base
  -1: string legacy
  32767: map<string (key = "x"), list<i32 (item = "y")> (inner = "z")> (outer = "w") annotated (field = "v")
} (
  message = "user"
  many = "first", many = "second"; many = "third"
  bare
)

struct Keywords {
  1: string list
  2: string map
  3: i32 struct
  4: i32 required
  5: optional i32 optional
  6: i32 namespace
  7: i32 void
  8: bool true
}

struct Implicit { i32 first; i32 second; 7: i32 seventh, i32 eighth }

struct Tree { 1: i32 value, 2: list<Tree> children, 3: optional Tree & left }

union Choice {
  1: i32 number = 5
  2: string text
  3: Choice again
}

exception NotFound {
  1: string message
  2: optional UserId id
} (code = "404")

struct XmlLeftovers xsd_all {
  1: i32 a xsd_optional xsd_nillable
  2: string b xsd_attrs { 1: string lang } (kept = "yes")
}

struct CppLeftovers {
  1: map cpp_type "std::unordered_map" <string, i32> a
  2: list<i32> cpp_type "std::deque" b
  3: list cpp_type "std::deque" <i32> c
  4: set cpp_type "std::set" <i32> d
}

/* -- services -- */

service Base extends shared.Health {
  void ping()
}

/** The service. */
service Kitchen extends Base {
  /** Finds a user. */
  User find(1: UserId id) throws (1: NotFound missing, 2: shared.Denied denied) (api.get = "/users/:id"),
  Directory list_all(1: i32 page = 1, 2: required i32 size);
  oneway void forget(1: OwnerId id)
  async void forget_old(1: UserId id)
  i32 (wrapped = "yes") many(1: i32 a (arg = "1"), i32 b, 5: optional i32 c) // last
  # streaming
  User chat(1: User user) (streaming.mode = "bidirectional")
  User upload(1: User user) (streaming.mode = "client")
  User watch(1: User user) (streaming.mode = "server")
  User once(1: User user) (streaming.mode = "unary")
  map<string, set<Choice>> nested(1: list<map<i32, Tree>> input) throws ()
} (owner = "us", owner = "them")

service Silent {}
