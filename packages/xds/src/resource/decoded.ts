import { messageOf } from "@kitex-ts/core/internal";

/** What a decoder makes of the bytes of one resource. */
export type Decoded<T> =
  | {
      readonly isOk: true;
      readonly name: string;
      readonly resource: T;
      /** Parts that are left out because they cannot be used, each with the reason; the rest of the resource holds. */
      readonly refused: readonly string[];
    }
  | {
      readonly isOk: false;
      /** undefined when not even the name could be read. */
      readonly name: string | undefined;
      readonly error: string;
    };

/** Thrown inside decoders, never out of them: this part, or this resource, cannot be used. */
export class Refusal extends Error {}

/**
 * Runs a decoder so that it never throws: whatever happens becomes an error of the resource, with its name where the bytes still show it.
 * All resource types keep their name in field 1.
 */
export function decodeTotally<T>(
  bytes: Uint8Array,
  decode: (refused: string[]) => { readonly name: string; readonly resource: T },
): Decoded<T> {
  const refused: string[] = [];
  try {
    const { name, resource } = decode(refused);
    if (name === "") return { isOk: false, name: undefined, error: "a resource without a name" };
    return { isOk: true, name, resource, refused };
  } catch (error) {
    return { isOk: false, name: peekName(bytes), error: messageOf(error) };
  }
}

const utf8 = new TextDecoder();

/** The string in field 1 when it comes first, as every encoder writes it. */
function peekName(bytes: Uint8Array): string | undefined {
  const stringInFieldOne = 0x0a;
  if (bytes[0] !== stringInFieldOne) return undefined;
  let length = 0;
  let at = 1;
  for (let shift = 0; shift < 21; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + length <= bytes.length ? utf8.decode(bytes.subarray(at, at + length)) : undefined;
  }
  return undefined;
}
