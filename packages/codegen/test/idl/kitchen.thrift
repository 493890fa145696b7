/* Everything that becomes TypeScript, in one file; `npm test` type-checks what comes out. */
include "shared.thrift"
include "dotted.name.v1.thrift"

namespace js kitchen
namespace go example.Kitchen

const bool YES = true
const i8 TINY = -128
const i32 HEX = 0x1F
const i64 LONG = 9223372036854775807
const i64 SHORTER = 42 (ts.int64 = "number")
const UserId NOBODY = -1
const double HALF = .5
const double HUGE = 1e300
const string QUOTED = 'it is "quoted"'
const string ESCAPED = "tab\tline\n\"both' quotes\" \u2028 and \u202E hidden"
const binary BYTES = "\x00\xff\xfe"
const binary NO_BYTES = ""
const Color FAVOURITE = Color.GREEN
const Color UNNAMED = 99
const shared.Level LEVEL = shared.Level.HIGH
const list<i32> NUMBERS = [1, -2, 3]
const list<i32> MANY = [1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000, 1000000]
const list<list<string>> NESTED = [["a", "b"], ["c", "d"]]
const list<string> WORDS = ["a rather long sentence, to make the list", "too long for a line of a hundred and twenty", "columns"]
const set<Color> PALETTE = [Color.RED, Color.BLUE]
const set<Address> PLACES = [{"street": "a"}]
const map<string, i32> AGES = {"ann": 30, "bob": 40}
const map<Color, list<double>> MATRIX = {Color.RED: [1.0, 2, HALF], Color.GREEN: []}
const map<string, map<string, set<i64>>> DEEP = {"a": {"b": [1]}}
const User ROOT = {"id": 0, "name": "root", "roles": ["admin"], "home": {"street": "none"}}
const list<User> USERS = [{"id": 1, "name": "guest"}]
const Choice CHOSEN = {"number": 42}
const NotFound MISSING = {"message": "gone", "near": {"street": "here"}}

typedef i64 UserId
typedef UserId OwnerId
typedef i64 Counter (ts.int64 = "number")
typedef map<UserId, list<User>> Directory
typedef User Person
typedef Color Tint
typedef shared.Tokens Tokens
typedef list<string> Lines

/**
 * A colour.
 *
 *   - indented, and an end of comment: *\/
 */
enum Color {
  /** The first. */
  RED = 1
  GREEN  // implied 2
  BLUE = -7 (deprecated = "use GREEN")
}

enum Empty {}

struct Nothing {}

/** Only what is required, and nothing looser on input. */
struct Strict {
  1: required string name
  2: required bool ok
  3: optional double score
}

# Where somebody lives.
struct Address {
  1: string street
  2: optional string city (api.body = "town", go.tag = 'json:"city,omitempty"')
}

/** Who uses it. */
struct User {
  1: required UserId id
  2: required string name
  3: optional string email (vt.pattern = "^[^@]+@[^@]+$", api.path = "email", vt.max_size = "64", vt.min_size = "3", api.path = "mail")
  4: list<string> roles = ["user"]
  5: set<i32> numbers = [1, 2]
  6: map<string, Address> addresses
  7: optional Address home
  8: optional User friend (deprecated)
  9: Color color = Color.RED
  10: bool active = true
  11: binary picture = "\x01"
  12: Address work = {"street": "here"}
  13: optional i32 retries = 3
  14: Counter logins
  15: i64 stamp (ts.int64 = "string")
  16: list<i64> stamps (ts.int64 = "number")
  17: optional shared.Base base
  18: Strict strict
  19: map<string, map<string, list<Address>>> nested_addresses_with_a_name_that_makes_the_line_too_long
  20: map<Address, bool> by_address
  21: set<Address> places
  22: UserId other (ts.int64 = "string")
  23: list<set<UserId>> groups
  24: Choice choice
  25: list<Choice> choices = [{"text": "a"}, {"number": 1}]
  26: map<string, list<i32>> rows = {"a": [1, 2], "b": []}
  -1: string legacy
} (vt.assert = "@equal($id, 1)")

struct Tree { 1: i32 value, 2: list<Tree> children, 3: optional Tree left }

/** One of several. */
union Choice {
  /** A number. */
  1: i64 number
  2: string text
  3: Choice again
  4: map<string, Address> places
}

union NoChoice {}

/** Nobody there. */
exception NotFound {
  1: optional string message
  2: optional UserId id
  3: i32 name
  4: string stack
  5: Address near
}

exception Silence { 1: i32 message }

service Ancestor extends shared.Health {
  void ping()
}

/** The service. */
service Kitchen extends Ancestor {
  /** Finds a user. */
  User find(1: UserId id) throws (1: NotFound missing, 2: shared.Denied denied) (api.get = "/users/:id")
  Directory list_all(1: i32 page = 1, 2: required i32 size, 3: Lines with_a_long_name, 4: Tokens with_a_longer_name)
  oneway void forget(1: OwnerId id)
  i64 (ts.int64 = "number") Count()
  Choice choose(1: Choice choice, 2: Color color, 3: binary payload, 4: set<string> names)
  map<string, set<Choice>> nested(1: list<map<i32, Tree>> input, 2: dotted.name.v1.Thing thing, 3: i32 ctx, 4: i32 options)
  Person GetHTTPStatus(1: Person person) (deprecated = "use find")
  User once(1: User user) (streaming.mode = "unary")
  User chat(1: User user) (streaming.mode = "bidirectional")
}

service Silent {}
