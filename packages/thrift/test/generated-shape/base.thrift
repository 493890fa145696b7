namespace go shared.base

struct Tag {
  1: required string key
  2: optional string value
}

/** What every service of ours answers. */
service HealthService {
  /** Says that the process is alive. */
  string Ping()
  /** Reports an event; nobody waits for it. */
  oneway void notify(1: string event)
}
