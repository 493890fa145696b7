import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createProject, type ProjectPackages, type ProjectReport } from "@kitex-ts/codegen";
import { Command } from "commander";
import { packCheckout } from "../checkout.ts";
import { remark } from "../remarks.ts";
import { repeated } from "../repeated.ts";
import type { CliStreams } from "../streams.ts";
import { version } from "../version.ts";

interface CreateFlags {
  readonly name?: string;
  readonly idl?: string;
  readonly include?: readonly string[];
  readonly service?: string;
}

/** Projects that are there already keep the packages that they have. */
const packagesFor = (
  folder: string,
  checkout: string | undefined,
  streams: CliStreams,
): ProjectPackages | Promise<ProjectPackages> => {
  if (checkout !== undefined && !existsSync(join(folder, "package.json"))) {
    if (isInWorkspace(folder, checkout)) {
      const advice = "if it is to stay, run `npm run x -- pnpm install` there and commit the lockfile";
      streams.err(`${folder} becomes a member of the workspace in ${checkout}; ${advice}\n`);
    }
    return packCheckout(checkout, folder, streams);
  }
  return { dependencies: { "kitex-ts": `^${version}` }, devDependencies: { "@kitex-ts/cli": `^${version}` } };
};

/** Folders that the checkout's own install takes for packages of it, and expects in its lockfile. */
const isInWorkspace = (folder: string, checkout: string): boolean =>
  ["packages", "examples"].includes(relative(checkout, dirname(resolve(folder))));

const runCreate = async (
  folder: string,
  { name, idl, include = [], service }: CreateFlags,
  checkout: string | undefined,
  streams: CliStreams,
): Promise<void> => {
  const packages = await packagesFor(folder, checkout, streams);
  const report = await createProject(folder, { name, idl, includeDirs: include, service, packages });
  remark(report, streams);
  tell(folder, report, streams);
};

const tell = (folder: string, report: ProjectReport, { out, err }: CliStreams): void => {
  const { existed, created, updated, unused, generated, otherServices, service } = report;
  const written = generated.written.map((path) => `kitex_gen/${path}`);
  for (const path of created) out(`created ${path}\n`);
  for (const path of existed ? [...updated, ...written] : []) out(`updated ${path}\n`);
  for (const path of unused) err(`${path} is no method of ${service} any more; remove it when you like\n`);
  if (otherServices.length > 0) {
    err(
      `the handlers are for ${service}; for ${otherServices.join(" or ")}, name it with --service in a folder of its own\n`,
    );
  }
  if (existed) {
    if (created.length + updated.length + written.length === 0) out("nothing to add: every method has its handler\n");
    return;
  }
  const place = relative(process.cwd(), folder);
  out(`
${report.name} is ready: ${service}, with a handler per method in handlers/.

${place === "" ? "" : `  cd ${place}\n`}  npm install
  npm start          serves on port 8888
  npm run call       calls it, from another terminal

README.md says more: how to change the contract, and how to deploy.
`);
};

/** `kitex-ts create …` */
export const createCommand = (streams: CliStreams, checkout: string | undefined): Command =>
  new Command("create")
    .description(
      "Make a service that runs: contract, handlers, server, client, Dockerfile, Kubernetes manifests, README",
    )
    .argument("<folder>", "new folder; in a project made before, what is missing is added")
    .option("--idl <file>", "contract to start from, copied with what it includes (default: a service that greets)")
    .option("-I, --include <folder>", "look for included files there too; may be repeated", repeated)
    .option("--service <name>", "which service of the contract (default: its last one)")
    .option("--name <name>", "name of package, image and Kubernetes objects (default: the folder's)")
    .addHelpText(
      "after",
      `
Asks nothing, and never overwrites a file of yours. Run again in the project after the contract has changed: code in kitex_gen/ is
brought up to date, and every new method gets a file in handlers/.

Examples:
  kitex-ts create hello
  kitex-ts create cart --idl ../idl/cart.thrift -I ../idl/common
  kitex-ts create .          after a change of the contract`,
    )
    .action((folder: string, flags: CreateFlags) => runCreate(folder, flags, checkout, streams));
