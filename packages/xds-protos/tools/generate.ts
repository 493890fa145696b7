/**
 * Writes `generated/descriptor.json` and `src/generated/` from the protos of `@grpc/grpc-js-xds` and our own in `proto/`.
 *
 * With `--check` it writes nothing, and fails when the committed files are not what it would write.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { outputs, staleness } from "./outputs.ts";

const fail = (lines: readonly string[], status: number): never => {
  for (const line of lines) console.error(`xds-protos: ${line}`);
  process.exit(status);
};

const unknown = process.argv.slice(2).filter((argument) => argument !== "--check");
if (unknown.length > 0) fail([`unknown argument ${unknown.join(" ")}; the only one is --check`], 2);

const stale = (await outputs()).flatMap((output) => {
  const reason = staleness(output);
  return reason === undefined ? [] : [{ ...output, reason }];
});
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    const next = "run `npm run -s x node packages/xds-protos/tools/generate.ts` and commit what it writes";
    fail([...stale.map(({ reason }) => reason), next], 1);
  }
  console.log("xds-protos: generated files are up to date");
} else {
  for (const { name, path, text } of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${name}`);
  }
}
