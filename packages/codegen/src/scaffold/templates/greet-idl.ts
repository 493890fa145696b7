/** The service that a project starts with when it brings no IDL. */
export const greetIdl = {
  path: "greet.thrift",
  text: `// What this service offers. After a change, \`npm run generate\` brings the code up to date.
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
`,
} as const;

/** What stands in the handler of that service's method. */
export const greetHandlerBody: string = "({ message: `Hello $\x7brequest.name}` })";

/** What its client says. */
export const greetSample: string = '{ name: "Kitex" }';
