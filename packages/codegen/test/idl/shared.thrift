namespace * common.shared

/** Who calls. */
struct Base {
  1: string log_id = ""
  2: optional map<string, string> extra
}

enum Level { LOW = 1, HIGH = 10 }

typedef list<string> Tokens

exception Denied {
  1: required string message
  2: optional Level level
}

service Health {
  /** Answers when the service is alive. */
  bool alive()
}
