/** What all exceptions declared in an IDL extend. Their fields are own properties; a field `message` is the error's message. */
export class ThriftException extends Error {}
