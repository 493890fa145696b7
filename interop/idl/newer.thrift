namespace go newer
namespace js newer

/** A later version of Interop: a client of it calls a method that servers do not have yet. */
service Interop {
  string Added(1: string text)
}
