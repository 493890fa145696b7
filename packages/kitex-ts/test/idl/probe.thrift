namespace js probe

struct Message {
  1: string text
  2: optional binary payload
}

exception NotFound {
  1: string what
}

exception Denied {
  1: string message
  2: i32 code
}

/** What the behaviour tests call. */
service Probe {
  Message Echo(1: Message message)
  string Find(1: string name) throws (1: NotFound notFound, 2: Denied denied)
  string Join(1: string left, 2: i32 middle, 3: bool right)
  i64 Now()
  void Reset()
  oneway void Note(1: string text)
}

/** A later version of it. */
service ProbeNext extends Probe {
  string Added()
}

/** Another service with a method of the same name. */
service Lookup {
  string Find(1: string name)
}
