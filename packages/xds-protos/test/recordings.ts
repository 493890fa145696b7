import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Any, messageByTypeUrl } from "../src/index.ts";

/** The recorded responses of istiod that the packages test against; their README is beside them. */
const golden = join(import.meta.dirname, "../../xds/test/golden");

/** One recorded `DiscoveryResponse`. */
export interface Recording {
  /** Such as `02-weights/sidecar/step-2/rds.b64`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const recordings: readonly Recording[] = readdirSync(golden, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".b64"))
  .sort()
  .map((name) => ({ name, bytes: Buffer.from(readFileSync(join(golden, name), "utf8"), "base64") }));

const isAny = (value: object): value is Any =>
  "typeUrl" in value && "value" in value && value.value instanceof Uint8Array;

/** Every `Any` in a message, those inside of others included. */
export function* anysIn(value: unknown): Generator<Any> {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (isAny(value)) {
    yield value;
    const type = messageByTypeUrl(value.typeUrl);
    if (type) yield* anysIn(type.decode(value.value));
    return;
  }
  for (const inner of Object.values(value)) yield* anysIn(inner);
}
