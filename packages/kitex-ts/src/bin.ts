#!/usr/bin/env node
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

// The command lives in @kitex-ts/cli, which services do not need at run time. Look for it where the user stands, then beside this package.
const places = [join(process.cwd(), "package.json"), import.meta.url];

const findCli = (): string | undefined => {
  for (const place of places) {
    try {
      return dirname(createRequire(place).resolve("@kitex-ts/cli/package.json"));
    } catch {
      // Not here: look in the next place.
    }
  }
  return undefined;
};

const cli = findCli();
if (cli === undefined) {
  process.stderr.write(
    "kitex-ts: the command is a package of its own; get it with: npm install --save-dev @kitex-ts/cli\n",
  );
  process.exitCode = 1;
} else {
  await import(pathToFileURL(join(cli, "dist", "bin.js")).href);
}
