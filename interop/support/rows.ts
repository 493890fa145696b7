import type { Direction } from "./pair.ts";
import { hasHeader, type Way, ways } from "./ways.ts";

/** One place in the table of docs/interop.md, and what it says when all its tests have passed. */
export interface Cell {
  readonly direction: Direction;
  readonly way: string;
  readonly row: Row;
  readonly says: string;
}

declare module "vitest" {
  interface TaskMeta {
    cell?: Cell;
    /** Of a load that may lose calls: how it went this time. */
    load?: string;
  }
}

const withGo: readonly Direction[] = ["our client, Go server", "Go client, our server"];
export const directions: readonly Direction[] = [...withGo, "our client, our server"];

interface RowSpec {
  /** Default: both with Go. */
  readonly in?: readonly Direction[];
  /** Default: all. */
  readonly ways?: (way: Way) => boolean;
}

const isPooled = ({ connections }: Way): boolean => connections !== "mux";
const isMux = ({ connections }: Way): boolean => connections === "mux";
const everywhere: RowSpec = { in: directions };

/** The rows in their order, and where each has to have a test. */
export const rows = {
  "every type, edge values": {},
  "default values": {},
  "methods of every shape": {},
  "oneway calls": {},
  "declared exceptions": {},
  "application exceptions of every type id": {},
  "unknown method": {},
  "unknown service": {},
  "an older and a newer IDL, required fields that are missing": {},
  "connections that Kitex closes after an exception": { in: ["our client, Go server"] },
  "business errors with extra": {},
  "metainfo and call info, both ways": {},
  "metainfo over two hops": { ways: hasHeader },
  "0 B, 1 B, 4 KiB, 16 MiB": {},
  "1,000 calls in flight": {},
  "10,000 calls in flight, every answer its own": { ...everywhere, ways: isMux },
  "200 calls in flight on 200 connections, every answer its own": { ...everywhere, ways: isPooled },
  "timeouts, late answers": everywhere,
  "a connection cut inside a request or an answer": everywhere,
  "a server that is killed": { in: ["our client, Go server"] },
  "a client that is killed": { in: ["Go client, our server"] },
  "graceful stop of the server under load": everywhere,
  "graceful close of the client under load": everywhere,
  "payload checksum, and payloads changed on the way": { ...everywhere, ways: hasHeader },
  "TLS 1.2 and 1.3, SNI, ALPN": everywhere,
  mTLS: everywhere,
  "TLS: certificates of a wrong authority, expired, missing": everywhere,
} as const satisfies Readonly<Record<string, RowSpec>>;

export type Row = keyof typeof rows;

/** Every cell that a whole run has to fill. */
export const cellsOf = (row: Row): readonly Pick<Cell, "direction" | "way">[] => {
  const spec: RowSpec = rows[row];
  return (spec.in ?? withGo).flatMap((direction) =>
    ways.filter(spec.ways ?? (() => true)).map((way) => ({ direction, way: way.name })),
  );
};

/** The options of a test that fills a cell. Several may fill the same: then all have to pass. */
export const rowsOf =
  (direction: Direction, way: { readonly name: string }) =>
  (row: Row, says = "yes"): { readonly meta: { readonly cell: Cell } } => ({
    meta: { cell: { direction, way: way.name, row, says } },
  });
