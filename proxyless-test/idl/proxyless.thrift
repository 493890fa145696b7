namespace go proxyless
namespace js proxyless

/** What the caller says. */
struct HelloRequest {
  /** Text that comes back in the answer. */
  1: string Message
}

/** What the greeter answers. */
struct HelloResponse {
  /** The greeting, and which version of the server gave it. */
  1: string Message
}

/**
 * The service whose traffic the mesh rules steer.
 *
 * Two methods with the same shape: a rule that matches by method can send them to different versions of the server,
 * by their paths `/proxyless.GreetService/SayHello1` and `/proxyless.GreetService/SayHello2`.
 */
service GreetService {
  /** Greets; rules with tags, weights and timeouts act on it. */
  HelloResponse SayHello1(1: HelloRequest request)

  /** Greets as SayHello1 does; a rule that matches by method singles it out. */
  HelloResponse SayHello2(1: HelloRequest request)
}
