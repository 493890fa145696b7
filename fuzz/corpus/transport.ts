import { ByteWriter } from "@kitex-ts/core/spi";
import { beginFrame, endFrame } from "../../packages/transport/src/framing/frame.ts";
import { type HeaderContent, patchLength, writeHeader } from "../../packages/transport/src/ttheader/codec.ts";
import { type VectorName, vectors } from "../../packages/transport/test/vectors.ts";
import type { Sample } from "../mutate/sample.ts";
import { thriftMessage } from "../mutate/thrift-sites.ts";
import { framed, ttheaderUnit } from "../mutate/ttheader-sites.ts";

/** A TTHeader unit, with its payload in a frame or not; all lengths are right. */
export const unit = (content: HeaderContent, payload: Buffer, isFramed = false): Buffer => {
  const writer = new ByteWriter();
  writeHeader(writer, content);
  const frame = isFramed ? beginFrame(writer) : -1;
  writer.writeBytes(payload);
  if (isFramed) endFrame(writer, frame);
  patchLength(writer, 0);
  return Buffer.from(writer.buffer.subarray(0, writer.offset));
};

export const frame = (payload: Buffer): Buffer => {
  const bytes = Buffer.alloc(4 + payload.length);
  bytes.writeUInt32BE(payload.length);
  payload.copy(bytes, 4);
  return bytes;
};

const inUnit = (bytes: Buffer): Sample => ttheaderUnit(bytes, thriftMessage);
const inFramedUnit = (bytes: Buffer): Sample => ttheaderUnit(bytes, (payload) => framed(payload, thriftMessage));

/** A mesh header has one list of pairs; what it looks like behind it is known too. */
const behindMesh = (bytes: Buffer): Sample => {
  const payload = thriftMessage(bytes.subarray(17));
  const sites = payload.sites.map((site) => ({ ...site, at: site.at + 17 }));
  return {
    bytes,
    sites: [
      { kind: "int", at: 2, size: 2 },
      { kind: "int", at: 4, size: 2 },
      { kind: "int", at: 6, size: 2 },
      { kind: "content", at: 8, size: 3 },
      { kind: "int", at: 11, size: 2 },
      { kind: "content", at: 13, size: 4 },
      ...sites,
    ],
  };
};

const readers: Readonly<Record<VectorName, (bytes: Buffer) => Sample>> = {
  H1: inUnit,
  H2: inFramedUnit,
  H3: inFramedUnit,
  ACL: inUnit,
  META: inUnit,
  F1: (bytes) => framed(bytes, thriftMessage),
  MESH: behindMesh,
  T1: thriftMessage,
  T2: thriftMessage,
  T3: thriftMessage,
  T4: thriftMessage,
  CTL: inUnit,
  MUXREQ: inUnit,
};

/** What Kitex peers sent. */
export const recorded = (): readonly Sample[] =>
  Object.entries(vectors).map(([name, bytes]) => readers[name as VectorName](Buffer.from(bytes)));

/** What else is sent to ports: a TLS greeting and an alert, HTTP of both kinds, a load balancer's preamble. */
export const foreign = (): readonly Sample[] =>
  [
    Buffer.from(`16030100c2010000be0303${"5a".repeat(32)}20${"a5".repeat(32)}`, "hex"),
    Buffer.from("15030300020228", "hex"),
    Buffer.from("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Buffer.from("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"),
  ].map((bytes) => ({
    bytes,
    sites: [
      { kind: "unit", at: 0, size: bytes.length },
      { kind: "content", at: 0, size: bytes.length },
    ],
  }));

/** Headers with everything that a header may hold. */
export const richHeaders = (payload: Buffer): readonly Sample[] => {
  const ints = new Map([
    [1, "unframed"],
    [3, "caller"],
    [6, "callee"],
    [9, "Ping"],
    [12, "1500"],
    [17, "50"],
    [20, "Outer"],
    [22, "1"],
  ]);
  const strings = new Map([
    ["isn", "Judge"],
    ["RPC_TRANSIT_k", "v"],
    ["RPC_TRANSIT_UPSTREAM_gone", "x"],
    ["RPC_PERSIST_p", "žluťoučký"],
    ["RPC_PERSIST_", "no key"],
    ["crrst", "1"],
    ["other", ""],
  ]);
  return [
    inUnit(unit({ flags: 0, sequenceId: 1, ints }, payload)),
    inUnit(unit({ flags: 1, sequenceId: -1, token: "token", strings, ints }, payload)),
    inFramedUnit(unit({ flags: 0xffff, sequenceId: 7, strings }, payload, true)),
    inUnit(unit({ flags: 0, sequenceId: 2 }, payload)),
  ];
};
