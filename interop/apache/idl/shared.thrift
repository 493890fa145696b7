namespace js shared

/** Refused: the caller may not see what it asked for. */
exception Denied {
  1: string reason
  2: optional list<string> missingRoles
}

/** The inherited part of the service. */
service Base {
  /** Answers with its argument. */
  string Ping(1: string text)
}
