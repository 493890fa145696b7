include "base.thrift"
namespace go demo.greet

enum Color {
  RED = 1
  GREEN = 2
}

typedef i64 UserId

const i32 MAX_NAMES = 10

/** Who greets whom. */
struct HelloRequest {
  /** The text. Not empty. */
  1: required string message
  2: UserId user
  3: optional Color color
  4: i32 retries = 3
  5: optional string locale = "en"
  6: list<base.Tag> tags
  7: set<string> names
  8: map<string, double> weights
  9: optional binary payload
  10: optional HelloRequest forwarded
  11: i64 stamp (ts.int64 = "number")
}

struct HelloResponse {
  1: required string message
}

union Choice {
  1: string text
  2: i64 number
  3: base.Tag tag
}

exception NotFound {
  1: string message
  2: i32 code
  3: optional string name
}

service GreetService extends base.HealthService {
  /** Greets. */
  HelloResponse SayHello(1: HelloRequest request) throws (1: NotFound notFound)
  /** Adds. */
  i32 add(1: i32 a, 2: i32 b)
  void reset()
  Choice choose(1: Choice choice) (api.get = "/choose")
}
