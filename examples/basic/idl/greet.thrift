// What this service offers. After a change, `npm run generate` brings the code up to date.
namespace js greet
namespace go greet

struct HelloRequest {
  /** Who is greeted. */
  1: required string name
}

struct HelloResponse {
  1: required string message
}

/** Says hello. */
service GreetService {
  /** Greets one person. */
  HelloResponse SayHello(1: HelloRequest request)
}
