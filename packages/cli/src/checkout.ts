import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ProjectPackages } from "@kitex-ts/codegen";
import { Failure } from "./failure.ts";
import type { CliStreams } from "./streams.ts";

/** The checkout of kitex-ts that a module of this package belongs to; undefined when it is installed. */
export const checkoutOf = (moduleFolder: string): string | undefined => {
  // packages/cli/src or packages/cli/dist
  const root = dirname(dirname(dirname(moduleFolder)));
  const isCheckout = ["pnpm-workspace.yaml", join("tools", "run.mjs"), join("packages", "cli", "src")].every((path) =>
    existsSync(join(root, path)),
  );
  return isCheckout ? root : undefined;
};

/** Where a project finds packages that come from a checkout. */
const vendorFolder = "vendor";

/** What a project needs to run, and what it needs besides to be worked on; each with all of ours that it stands on. */
const runtime = ["kitex-ts", "client", "core", "server", "thrift", "transport"];
const tools = ["cli", "codegen", "mesh", "xds-protos"];
const extras = ["xds"];

const packageName = (folder: string): string => (folder === "kitex-ts" ? folder : `@kitex-ts/${folder}`);

/**
 * Builds and packs the packages of a checkout into a project, as they would be published: what the project installs then is what users get, and it can
 * be moved, built in a container and run without the checkout.
 *
 * @throws Failure when they do not build
 */
export const packCheckout = async (
  checkout: string,
  project: string,
  { err }: CliStreams,
): Promise<ProjectPackages> => {
  // The tools below run in the checkout, wherever the command was called.
  const vendor = resolve(project, vendorFolder);
  await mkdir(vendor, { recursive: true });
  err(`packing kitex-ts from ${checkout}\n`);
  const filters = [...runtime, ...tools, ...extras].flatMap((folder) => ["--filter", `./packages/${folder}`]);
  const run = (...args: readonly string[]): Promise<void> => runTool(checkout, args);
  await run("turbo", "run", "build", "--output-logs=errors-only", ...filters);
  await run("pnpm", "--recursive", ...filters, "pack", "--pack-destination", vendor);
  const version = await versionOf(checkout);
  const tarballs = new Set(await readdir(vendor));
  const specs = (folders: readonly string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(
      folders.map((folder) => {
        const name = packageName(folder);
        const tarball = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
        if (!tarballs.has(tarball)) throw new Failure(`${name} was not packed: there is no ${tarball} in ${vendor}`);
        return [name, `file:${vendorFolder}/${tarball}`];
      }),
    );
  return {
    dependencies: specs(runtime),
    devDependencies: specs([...tools, ...extras]),
    note: `kitex-ts itself comes from \`${vendorFolder}/\`, packed from a checkout of its repository; with the published packages, \`"kitex-ts": "^${version}"\` and\n\`"@kitex-ts/cli": "^${version}"\` replace the lines in \`package.json\`. What runs in a mesh needs \`@kitex-ts/xds\` among\nthe \`dependencies\`: move its line there.`,
  };
};

const versionOf = async (checkout: string): Promise<string> => {
  const manifest = await readFile(join(checkout, "packages", "kitex-ts", "package.json"), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
};

/** Runs a tool of the checkout; what it says is shown only when it fails. */
const runTool = (checkout: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(checkout, "tools", "run.mjs"), "x", ...args], {
      cwd: checkout,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => output.push(bytes));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Failure(
            `${args.slice(0, 3).join(" ")} failed in ${checkout}:\n${Buffer.concat(output).toString("utf8")}`,
          ),
        );
    });
  });
