/** A place in a sample where a change is likely to hurt. */
export interface Site {
  /**
   * `int`: a big-endian integer of 1, 2, 4 or 8 bytes: length, count, id, scalar. `type`: a byte that says what follows. `varint`: one of
   * Protobuf. `content`: bytes without structure. `unit`: a whole that can be left out, doubled or replaced by one of another sample: a field,
   * an element, a message.
   */
  readonly kind: "int" | "type" | "varint" | "content" | "unit";
  readonly at: number;
  readonly size: number;
}

/** Valid bytes, and where they can be changed. */
export interface Sample {
  readonly bytes: Buffer;
  readonly sites: readonly Site[];
}

/** The sites of a part that begins at `at`. */
export const shifted = (sites: readonly Site[], at: number): Site[] =>
  sites.map((site) => ({ ...site, at: site.at + at }));
