import { deepEqual } from "node:assert/strict";
import type { PeerArguments } from "./arguments.ts";
import { type Caller, callersOf, runLoad } from "./load.ts";

/** What a Simple has in every peer's types. */
export interface SimpleReply {
  readonly action?: string | null | undefined;
  readonly msg?: string | null | undefined;
}

/** What of a Rich is looked at after every call. */
export interface RichReply {
  readonly note?: string | null | undefined;
  readonly tags?: { readonly length: number } | null | undefined;
}

/** A connection of a peer; the requests are in the peer's own types. */
export interface EchoClient<Simple extends SimpleReply, Rich extends RichReply> {
  echoSimple(request: Simple): Promise<Simple>;
  echoRich(request: Rich): Promise<Rich>;
}

/** The load of a peer whose client has the two methods of the IDL. `open` is asked for each connection. */
export const runEcho = async <Simple extends SimpleReply, Rich extends RichReply>(
  options: PeerArguments,
  requests: { readonly simple: () => Simple; readonly rich: () => Rich },
  open: () => EchoClient<Simple, Rich>,
): Promise<void> => {
  if (options.payload === "rich") {
    const request = requests.rich();
    await runLoad(
      options,
      callersOf(options, (): Caller<Rich> => {
        const client = open();
        return {
          call: () => client.echoRich(request),
          sizeOf: (reply) => (reply.note?.length ?? 0) + (reply.tags?.length ?? 0),
          check: (reply) => deepEqual(plain(reply), plain(request)),
        };
      }),
    );
    return;
  }
  const request = requests.simple();
  await runLoad(
    options,
    callersOf(options, (): Caller<Simple> => {
      const client = open();
      return {
        call: () => client.echoSimple(request),
        sizeOf: (reply) => reply.msg?.length ?? 0,
        check: (reply) => deepEqual(plain(reply), plain(request)),
      };
    }),
  );
};

/**
 * The same for the same value in every peer's types: 64-bit integers come as bigint, Long, Int64 or text, maps as Map or object. A false may be
 * missing, since proto3 does not send it.
 */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const int64 = asInt64(value);
  if (int64 !== undefined) return int64.toString();
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => !name.startsWith("$") && each !== false)
      .map(([name, each]) => [name, plain(each)]),
  );
};

/** Long and Int64, which say their number themselves. */
interface Int64 {
  toString(): string;
}
const asInt64 = (value: object): Int64 | undefined =>
  Object.hasOwn(value, "low") || Object.hasOwn(value, "buffer") ? value : undefined;
