import type { ByteWriter } from "@kitex-ts/core/spi";
import type { StructCodec } from "../codec.ts";
import { CType } from "../compact/ctype.ts";
import { putFieldHead } from "../compact/write.ts";
import { TType } from "../ttype.ts";
import { CompactEnvelopeTemplate } from "./compact-envelope.ts";
import { EnvelopeTemplate } from "./envelope.ts";

/** What a method's messages have to know of the protocol they are in. */
export interface MessageProtocol {
  codecOf(struct: StructCodec): StructCodec;
  envelope(type: number, methodName: string): { write(writer: ByteWriter, sequenceId: number): void };
  /** The header of a struct that is the only field. */
  writeStructHead(writer: ByteWriter, id: number): void;
}

export const binaryMessages: MessageProtocol = {
  codecOf: (struct) => struct,
  envelope: (type, methodName) => new EnvelopeTemplate(type, methodName),
  writeStructHead(writer, id) {
    writer.writeU8(TType.struct);
    writer.writeI16(id);
  },
};

export const compactMessages: MessageProtocol = {
  codecOf: (struct) => struct.compact,
  envelope: (type, methodName) => new CompactEnvelopeTemplate(type, methodName),
  writeStructHead(writer, id) {
    writer.reserve(4);
    writer.offset = putFieldHead(writer.buffer, CType.struct, id, 0, writer.offset);
  },
};
