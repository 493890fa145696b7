import { TransportError, type TransportProtocol } from "@kitex-ts/core";
import type { Attempt, ByteWriter } from "@kitex-ts/core/spi";
import { beginFrame, endFrame, hasTTHeader, isFramed } from "../framing/frame.ts";
import { patchLength } from "../ttheader/codec.ts";
import { type PayloadValidator, sealPayload } from "../ttheader/payload-validation.ts";
import { RequestHeaders } from "../ttheader/request-header.ts";

/** Encodes requests for one profile. */
export class RequestWriter {
  readonly #headers: RequestHeaders | undefined;
  readonly #isFramed: boolean;
  readonly #flags: number;
  readonly #maxBytes: number;
  readonly #validators: readonly PayloadValidator[];

  constructor(
    protocol: TransportProtocol,
    flags: number,
    maxMessageBytes: number,
    validators: readonly PayloadValidator[] = [],
  ) {
    this.#isFramed = isFramed(protocol);
    this.#headers = hasTTHeader(protocol) ? new RequestHeaders(this.#isFramed) : undefined;
    this.#flags = flags;
    this.#maxBytes = maxMessageBytes;
    this.#validators = validators;
  }

  /** Appends one request and answers its size. When it throws, the writer is where it was. */
  write(writer: ByteWriter, attempt: Attempt, sequenceId: number, request: unknown): number {
    const start = writer.offset;
    try {
      this.#headers?.write(writer, attempt, this.#flags, sequenceId);
      const frame = this.#isFramed ? beginFrame(writer) : -1;
      attempt.call.target.method.codec.writeRequest(writer, sequenceId, request);
      if (frame >= 0) endFrame(writer, frame);
      if (this.#headers !== undefined) {
        patchLength(writer, start);
        if (this.#validators.length > 0) sealPayload(writer, start, this.#validators);
      }
      const size = writer.offset - start;
      if (size > this.#maxBytes) {
        throw new TransportError(
          "message_too_large",
          `request of ${size} bytes, the limit is ${this.#maxBytes}; raise maxMessageBytes or send less at once`,
          { kind: "overlimit" },
        );
      }
      return size;
    } catch (error) {
      writer.offset = start;
      throw error;
    }
  }
}
