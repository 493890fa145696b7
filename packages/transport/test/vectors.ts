import { bytesOf } from "./harness.ts";

export type VectorName =
  | "H1"
  | "H2"
  | "H3"
  | "ACL"
  | "META"
  | "F1"
  | "MESH"
  | "T1"
  | "T2"
  | "T3"
  | "T4"
  | "CTL"
  | "MUXREQ";

/** Recorded messages of Kitex 0.16 peers for `service Echo { Resp echo(1: Req req), oneway void ping(1: string s) }`. */
export const vectors: Readonly<Record<VectorName, Buffer>> = {
  /** The smallest TTHeader request. */
  H1: bytesOf(`
    00 00 00 2c 10 00 00 00 00 00 00 01 00 01 00 00 00 00
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
  /** A TTHeaderFramed request with call info. */
  H2: bytesOf(`
    00 00 00 6c 10 00 00 00 00 00 00 01 00 10   # LENGTH 108, seq 1, 16 units
    00 00
    01 00 01 00 03 69 73 6e 00 04 45 63 68 6f   # isn = Echo
    10 00 06
    00 01 00 06 66 72 61 6d 65 64               # TransportType = framed
    00 03 00 06 63 6c 69 65 6e 74               # FromService = client
    00 06 00 03 73 76 63                        # ToService = svc
    00 09 00 04 65 63 68 6f                     # ToMethod = echo
    00 14 00 00                                 # FromMethod is empty
    00 16 00 01 31                              # MsgType = 1
    00
    00 00 00 1e
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
  /** A TTHeaderFramed reply with a business error. */
  H3: bytesOf(`
    00 00 00 6b 10 00 00 00 00 00 00 01 00 13 00 00
    01 00 03
    00 0a 62 69 7a 2d 73 74 61 74 75 73 00 03 34 30 34
    00 0b 62 69 7a 2d 6d 65 73 73 61 67 65 00 09 6e 6f 74 20 66 6f 75 6e 64
    00 09 62 69 7a 2d 65 78 74 72 61 00 09 7b 22 6b 22 3a 22 76 22 7d
    10 00 01 00 16 00 01 32
    00 00 00 11
    80 01 00 02 00 00 00 04 65 63 68 6f 00 00 00 01
    00`),
  /** An ACL token and one persistent pair. */
  ACL: bytesOf(`
    00 00 00 48 10 00 00 00 00 00 00 01 00 08 00 00
    11 00 03 74 6f 6b
    01 00 01 00 0d 52 50 43 5f 50 45 52 53 49 53 54 5f 4b 00 01 76
    00 00 00
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
  /** Transient K = t, persistent logid = 12345. */
  META: bytesOf(`
    00 00 00 5c 10 00 00 00 00 00 00 01 00 0d 00 00
    01 00 02
    00 0d 52 50 43 5f 54 52 41 4e 53 49 54 5f 4b 00 01 74
    00 11 52 50 43 5f 50 45 52 53 49 53 54 5f 6c 6f 67 69 64 00 05 31 32 33 34 35
    00 00 00
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
  /** Framed call. */
  F1: bytesOf(`
    00 00 00 1e
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
  /** Mesh header and a bare call. */
  MESH: bytesOf(`
    ff af 00 0d 00 01 00 03 69 73 6e 00 04 45 63 68 6f
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
  /** Bare call, and its reply. */
  T1: bytesOf("80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00"),
  T2: bytesOf("80 01 00 02 00 00 00 04 65 63 68 6f 00 00 00 01 0c 00 00 0b 00 01 00 00 00 02 68 69 00 00"),
  /** Exception 20 for method nope. */
  T3: bytesOf(`
    80 01 00 03 00 00 00 04 6e 6f 70 65 00 00 00 01
    0b 00 01 00 00 00 1d
    75 6e 6b 6e 6f 77 6e 20 73 65 72 76 69 63 65 20 2c 20 6d 65 74 68 6f 64 20 6e 6f 70 65
    08 00 02 00 00 00 14 00`),
  /** Oneway call ping("x"), seq 2. */
  T4: bytesOf("80 01 00 04 00 00 00 04 70 69 6e 67 00 00 00 02 0b 00 01 00 00 00 01 78 00"),
  /** The shutdown frame of a multiplexed connection. */
  CTL: bytesOf(`
    00 00 00 2b 10 00 00 00 00 00 00 00 00 04 00 00
    01 00 01 00 05 63 72 72 73 74 00 01 31
    00
    80 01 00 02 00 00 00 04 6e 6f 6e 65 00 00 00 00 00`),
  /** A multiplexed request, seq 7. */
  MUXREQ: bytesOf(`
    00 00 00 2c 10 00 00 01 00 00 00 07 00 01 00 00 00 00
    80 01 00 01 00 00 00 04 65 63 68 6f 00 00 00 07 0c 00 01 0b 00 01 00 00 00 02 68 69 00 00`),
};
