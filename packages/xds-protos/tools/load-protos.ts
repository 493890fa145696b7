import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import protobuf from "protobufjs";

import { protoFiles } from "./selection.ts";

const require = createRequire(import.meta.url);
const packageRoot = dirname(import.meta.dirname);

/** Where imports are looked for: what `@grpc/grpc-js-xds` ships, Google's own types in protobufjs, then ours. */
function importFolders(): readonly string[] {
  const shipped = join(dirname(require.resolve("@grpc/grpc-js-xds/package.json")), "deps");
  return [
    ...["envoy-api", "xds", "googleapis", "protoc-gen-validate"].map((name) => join(shipped, name)),
    dirname(require.resolve("protobufjs/package.json")),
    join(packageRoot, "proto"),
  ];
}

/** Everything the selected files declare and import, uncut, with field names as in the `.proto` files. */
export function loadProtos(): protobuf.Root {
  const folders = importFolders();
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    const path = folders.map((folder) => join(folder, target)).find((candidate) => existsSync(candidate));
    if (path === undefined) throw new Error(`${target} is in none of: ${folders.join(", ")}`);
    return path;
  };
  root.loadSync([...protoFiles], { keepCase: true }).resolveAll();
  return root;
}
