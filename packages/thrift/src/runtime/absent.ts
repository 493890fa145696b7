import { ApplicationException, ApplicationExceptionType } from "@kitex-ts/core";
import { ByteReader } from "@kitex-ts/core/spi";
import type { StructCodec } from "../codec.ts";
import { TType } from "../ttype.ts";

const STOP: Uint8Array = Uint8Array.of(0);

/** A struct of which nothing was sent: its defaults, or the error that a required field gives. */
export const emptyStruct = (codec: StructCodec): unknown => codec.decode(ByteReader.of(STOP), 1);

/** Kitex' generic servers answer a method without a result with this header and an empty struct. */
export const VOID_RESULT: number = TType.void << 16;

export const missingResult = (name: string): ApplicationException =>
  new ApplicationException(
    ApplicationExceptionType.missingResult,
    `missing result: the answer of ${name} holds neither a value nor a declared exception`,
  );
