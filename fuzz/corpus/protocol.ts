import type { ByteReader, MethodCodec, PayloadCodec } from "@kitex-ts/core/spi";
import {
  compact,
  fromBinary,
  fromCompact,
  type StructDescriptor,
  thriftCodec,
  thriftCompactCodec,
  toBinary,
  toCompact,
} from "@kitex-ts/thrift";
import { Judge } from "../../interop/apache/kitex_gen/judge/judge.ts";
import { CType } from "../../packages/thrift/src/compact/ctype.ts";
import { skipCompact } from "../../packages/thrift/src/compact/skip.ts";
import { skip } from "../../packages/thrift/src/runtime/skip.ts";
import { TType } from "../../packages/thrift/src/ttype.ts";
import { compactMessage, compactStruct } from "../mutate/compact-sites.ts";
import type { Sample } from "../mutate/sample.ts";
import { thriftMessage, thriftStruct } from "../mutate/thrift-sites.ts";

/** One of the two forms of Thrift, with everything that differs between them. */
export interface Protocol {
  readonly codec: PayloadCodec;
  /** The codecs of a Judge's methods, by their names in the IDL. */
  readonly methods: ReadonlyMap<string, MethodCodec>;
  write(descriptor: StructDescriptor, value: unknown): Uint8Array;
  read(descriptor: StructDescriptor, bytes: Uint8Array): unknown;
  /** From the middle of other bytes. */
  readAt(descriptor: StructDescriptor, reader: ByteReader): unknown;
  skipStruct(reader: ByteReader): void;
  /** Where the method's name stands in the head of a message in `bytes[start, end)`. */
  nameAt(bytes: Buffer, start: number, end: number): readonly [start: number, end: number];
  /** Where a valid struct, or a valid message, can be changed. */
  structSample(bytes: Buffer): Sample;
  messageSample(bytes: Buffer): Sample;
}

const methodsOf = (service: typeof Judge): ReadonlyMap<string, MethodCodec> =>
  new Map(service.methods.map(({ name, codec }) => [name, codec]));

export const binary: Protocol = {
  codec: thriftCodec,
  methods: methodsOf(Judge),
  write: toBinary,
  read: fromBinary,
  readAt: (descriptor, reader) => descriptor.codec.read(reader),
  skipStruct: (reader) => skip(reader, TType.struct, 0),
  nameAt: (_bytes, start, end) => [start + 8, end - 4],
  structSample: thriftStruct,
  messageSample: thriftMessage,
};

export const compactProtocol: Protocol = {
  codec: thriftCompactCodec,
  methods: methodsOf(compact(Judge)),
  write: toCompact,
  read: fromCompact,
  readAt: (descriptor, reader) => descriptor.codec.compact.read(reader),
  skipStruct: (reader) => skipCompact(reader, CType.struct, 0),
  // Behind two numbers, each of which ends with its first byte below 128.
  nameAt: (bytes, start, end) => {
    let at = start + 2;
    for (let numbers = 0; numbers < 2; at++) if ((bytes[at] as number) < 0x80) numbers++;
    return [at, end];
  },
  structSample: compactStruct,
  messageSample: compactMessage,
};
