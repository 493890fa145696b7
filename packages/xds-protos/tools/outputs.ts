import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type Descriptor, typesOf } from "./descriptor.ts";
import { loadProtos } from "./load-protos.ts";
import { nameTypes } from "./names.ts";
import { printCodecs } from "./print-codecs.ts";
import { printMessages } from "./print-messages.ts";
import { prune } from "./prune.ts";

/** A committed file: where it is, and what it should hold. */
export interface Output {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** All files the generator owns. */
export async function outputs(): Promise<readonly Output[]> {
  const descriptor = prune(loadProtos());
  const names = nameTypes(typesOf(descriptor).map(({ fullName }) => fullName));
  const codecs = await printCodecs(descriptor, names);
  const texts = {
    "generated/descriptor.json": printDescriptor(descriptor),
    "src/generated/codecs.js": codecs.js,
    "src/generated/codecs.d.ts": codecs.dts,
    "src/generated/messages.ts": printMessages(descriptor, names),
  };
  const packageRoot = dirname(import.meta.dirname);
  return Object.entries(texts).map(([name, text]) => ({ name, path: join(packageRoot, name), text }));
}

/** JSON with one line for each field, so that a change of the API reads well as a diff. */
const printDescriptor = (descriptor: Descriptor): string =>
  `${JSON.stringify(descriptor, null, 1).replace(
    /([[{])\n\s+([^{}[\]]*?)\n\s+([}\]])/g,
    (_, open: string, body: string, close: string) => open + body.replace(/\n\s+/g, " ") + close,
  )}\n`;

/** Why a committed file is stale, with the first line that differs; `undefined` when it is not. */
export function staleness({ name, path, text }: Output): string | undefined {
  const committed = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (committed === text) return undefined;
  const have = committed.split("\n");
  const want = text.split("\n");
  const line = want.findIndex((wanted, index) => wanted !== have[index]);
  const at = line === -1 ? want.length : line;
  const show = (lines: readonly string[]): string => JSON.stringify(lines[at] ?? "end of file");
  return `${name} is not what the generator writes, line ${at + 1}: have ${show(have)}, want ${show(want)}`;
}
