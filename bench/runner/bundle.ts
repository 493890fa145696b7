import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const bench = fileURLToPath(new URL("..", import.meta.url));

/** The folders of `peers/` that run on Node. */
export const nodePrograms = ["net", "kitex-ts", "apache-thrift", "grpc-js", "connect-node"] as const;
export type NodeProgram = (typeof nodePrograms)[number];

/**
 * Makes plain JavaScript of the peers, our packages included as a published build has them: every Node runs the same files, also those that do not
 * take TypeScript. Other people's packages stay outside.
 */
export const bundlePeers = async (): Promise<void> => {
  const manifest = JSON.parse(readFileSync(`${bench}package.json`, "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  await build({
    absWorkingDir: bench,
    entryPoints: nodePrograms.flatMap((name) => [`peers/${name}/client.ts`, `peers/${name}/server.ts`]),
    outbase: "peers",
    outdir: ".build",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["@kitex-ts/source"],
    external: Object.keys(manifest.devDependencies),
    logLevel: "warning",
  });
};

export const bundled = (program: NodeProgram, side: "server" | "client"): string =>
  `${bench}.build/${program}/${side}.mjs`;
