namespace go example.shared
namespace * example.shared

/** Who calls. */
struct Base {
  1: string log_id = ""
  2: optional map<string, string> extra
}

struct BaseResp {
  1: i32 status_code = 0
  2: string status_message = ""
}

enum Level { LOW = 1, HIGH = 10 }

const i32 MAX_PAGE = 500
const string GREETING = "hello"

typedef string Token
typedef list<Token> Tokens

exception Denied {
  1: required string message
  2: optional Level level
}

service Health {
  /** Answers when the service is alive. */
  bool alive()
}
