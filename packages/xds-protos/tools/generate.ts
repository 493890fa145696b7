/**
 * Writes `generated/descriptor.json` and `src/generated/` from the protos of `@grpc/grpc-js-xds` and our own in `proto/`.
 *
 * With `--check` it writes nothing, and fails when the committed files are not what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type Descriptor, typesOf } from "./descriptor.ts";
import { loadProtos } from "./load-protos.ts";
import { nameTypes } from "./names.ts";
import { printCodecs } from "./print-codecs.ts";
import { printMessages } from "./print-messages.ts";
import { prune } from "./prune.ts";

const packageRoot = dirname(import.meta.dirname);

async function generate(): Promise<Readonly<Record<string, string>>> {
  const descriptor = prune(loadProtos());
  const names = nameTypes(typesOf(descriptor).map(({ fullName }) => fullName));
  const codecs = await printCodecs(descriptor, names);
  return {
    "generated/descriptor.json": printDescriptor(descriptor),
    "src/generated/codecs.js": codecs.js,
    "src/generated/codecs.d.ts": codecs.dts,
    "src/generated/messages.ts": printMessages(descriptor, names),
  };
}

/** JSON with one line for each field and each enum value, so that a change of the API reads well as a diff. */
const printDescriptor = (descriptor: Descriptor): string =>
  `${JSON.stringify(descriptor, null, 1).replace(
    /([[{])\n\s+((?:[^{}[\]]|"\[\]")*?)\n\s+([}\]])/g,
    (_, open: string, body: string, close: string) => open + body.replace(/\n\s+/g, " ") + close,
  )}\n`;

/** The first line that differs, for a message that says where to look. */
function firstDifference(committed: string, wanted: string): string {
  const have = committed.split("\n");
  const want = wanted.split("\n");
  const line = want.findIndex((text, index) => text !== have[index]);
  const at = line === -1 ? want.length : line;
  return `line ${at + 1}: have ${JSON.stringify(have[at] ?? "end of file")}, want ${JSON.stringify(want[at] ?? "end of file")}`;
}

const unknown = process.argv.slice(2).filter((argument) => argument !== "--check");
if (unknown.length > 0) {
  console.error(`xds-protos: unknown argument ${unknown.join(" ")}; the only one is --check`);
  process.exit(2);
}
const isCheck = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, wanted] of Object.entries(await generate())) {
  const path = join(packageRoot, name);
  const committed = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (committed === wanted) continue;
  if (isCheck) stale.push(`${name} is not what the generator writes (${firstDifference(committed, wanted)})`);
  else {
    writeFileSync(path, wanted);
    console.log(`wrote ${name}`);
  }
}
if (stale.length > 0) {
  for (const line of stale) console.error(`xds-protos: ${line}`);
  console.error("xds-protos: run `npm run x node packages/xds-protos/tools/generate.ts` and commit the result");
  process.exit(1);
}
if (isCheck) console.log("xds-protos: generated files are up to date");
