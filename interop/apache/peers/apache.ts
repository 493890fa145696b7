// Apache Thrift's npm package with the code that its compiler makes of ../idl, as a program:
//   node apache.ts server <transport> <protocol> <service>   prints READY <port>, then a line per oneway call
//   node apache.ts clients                                   takes and gives the lines of kitex-client
// Both end on SIGTERM, and when standard input does.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Json } from "../../support/json.ts";
import type { PeerAnswer, PeerFailure } from "../../support/peer.ts";
import {
  declaredException,
  fieldType,
  fromJson,
  generated,
  type MethodInfo,
  methodOf,
  toJson,
} from "./apache-values.ts";

const require = createRequire(import.meta.url);
const thrift = require("thrift");
const types = require(`${generated}judge_types.js`);
const shared = require(`${generated}shared_types.js`);

const transports: Readonly<Record<string, unknown>> = {
  PurePayload: thrift.TBufferedTransport,
  Framed: thrift.TFramedTransport,
};
const protocols: Readonly<Record<string, unknown>> = {
  Binary: thrift.TBinaryProtocol,
  Compact: thrift.TCompactProtocol,
};
const wayOf = (transport: string, protocol: string): object => ({
  transport: transports[transport],
  protocol: protocols[protocol],
});

const print = (line: unknown): void => {
  process.stdout.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
};

// --- Server

const same = async <T>(request: T): Promise<T> => request;

const find = async (what: string): Promise<string> => {
  const near = new types.Point({ x: 1, y: -1 });
  if (what === "missing") throw new types.NotFound({ what, searched: 2 ** 40, near });
  if (what === "forbidden") throw new shared.Denied({ reason: "not yours", missingRoles: ["owner", "admin"] });
  return `found ${what}`;
};

const handler = {
  Ping: same,
  EchoEverything: same,
  EchoKeyed: same,
  EchoDefaults: same,
  MakeDefaults: async () => new types.Defaults(),
  EchoBinary: same,
  Nothing: async () => undefined,
  Notify: async (token: string) => print({ event: "notified", token }),
  Join: async (first: string, second: number, rest: readonly string[], flag: boolean) =>
    `${first}/${second}/${rest.join(",")}/${flag}`,
  Find: find,
  Verify: async (what: string) => void (await find(what)),
  Fail: async (message: string) => {
    throw new Error(message);
  },
};

function serve(transport: string, protocol: string, service: string): void {
  const server = thrift.createServer(require(`${generated}${service}.js`), handler, wayOf(transport, protocol));
  // Peers that break off are part of the suites.
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1", () => print(`READY ${server.address().port}`));
}

// --- Clients

interface Dialled {
  readonly service: string;
  readonly client: Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;
  readonly gone: Promise<Error>;
  end(): void;
}
const dialled = new Map<string, Dialled>();

interface Request {
  readonly id: number;
  readonly op: "dial" | "call" | "close";
  readonly client: string;
  readonly address: string;
  readonly transport: string;
  readonly protocol: string;
  readonly service: string;
  readonly method: string;
  readonly arguments: Readonly<Record<string, Json>>;
}

function dial({ client, address, transport, protocol, service }: Request): void {
  const connection = thrift.createConnection(
    "127.0.0.1",
    Number(address.split(":").at(-1)),
    wayOf(transport, protocol),
  );
  const gone = new Promise<Error>((resolve) => {
    connection.on("error", resolve);
    connection.on("close", () => resolve(new Error("the connection was closed")));
  });
  dialled.set(client, {
    service,
    client: thrift.createClient(require(`${generated}${service}.js`), connection),
    gone,
    end: () => connection.end(),
  });
}

async function call(request: Request): Promise<PeerAnswer> {
  const { client, service, gone } = dialled.get(request.client) as Dialled;
  const method = methodOf(service, request.method);
  const args = method.arguments.map((field) => {
    const given = request.arguments[field.name];
    return given === undefined ? undefined : fromJson(fieldType(field), given);
  });
  try {
    const answer = client[method.name]?.(...args);
    // The package never settles a oneway call.
    if (method.oneway) return { ok: null };
    const ok = await Promise.race([answer, gone.then((error) => Promise.reject(error))]);
    return { ok: method.returnTypeId === "void" ? null : toJson(returnType(method), ok) };
  } catch (error) {
    return { error: failureOf(method, error) };
  }
}

const returnType = ({ returnType: type, returnTypeId }: MethodInfo) => type ?? { typeId: returnTypeId };

function failureOf(method: MethodInfo, error: unknown): PeerFailure {
  const declared = declaredException(method, error);
  const message = error instanceof Error ? error.message : String(error);
  if (declared !== undefined) return { kind: "exception", message, ...declared };
  if (error instanceof thrift.Thrift.TApplicationException) {
    return { kind: "application", message, typeId: (error as { readonly type: number }).type };
  }
  return { kind: "other", message };
}

async function answer(request: Request): Promise<PeerAnswer> {
  try {
    if (request.op === "call") return await call(request);
    if (request.op === "dial") dial(request);
    else dialled.get(request.client)?.end();
    return { ok: null };
  } catch (error) {
    return { error: { kind: "other", message: String(error) } };
  }
}

// --- The program

const [mode, ...rest] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
if (mode === "server") {
  const [transport = "", protocol = "", service = ""] = rest;
  serve(transport, protocol, service);
} else {
  lines.on("line", (line) => {
    const request = JSON.parse(line) as Request;
    void answer(request).then((result) => print({ id: request.id, ...result }));
  });
}
