// Checks who imports whom: the direction between packages, their doors, and circles. Says why, so that the answer is a design question.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { circleIn } from "./circle.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Rule {
  readonly may: readonly string[];
  readonly why: string;
}

/** Who may import whom; the longest matching folder counts. A package without a line may import no other. */
const rules: Readonly<Record<string, Rule>> = {
  core: { may: [], why: "everything stands on core, so it stands on nothing" },
  thrift: { may: ["core"], why: "descriptors and codecs know no sockets and no calls" },
  codegen: { may: ["thrift"], why: "a generator needs descriptors, never the runtime it generates for" },
  transport: { may: ["core", "thrift"], why: "bytes and messages; what a call means is above it" },
  client: { may: ["core", "transport"], why: "client and server never meet, and neither knows xds: suites plug in" },
  server: { may: ["core", "transport"], why: "client and server never meet, and neither knows xds: suites plug in" },
  "xds-protos": { may: [], why: "only messages, shared by both ends of ADS" },
  xds: {
    may: ["core", "xds-protos"],
    why: "resources and routing know no client or server; only xds/src/suite joins them",
  },
  "xds/src/suite": {
    may: ["client", "core", "server", "xds-protos"],
    why: "the suite plugs xds into client and server, nothing else",
  },
  mesh: { may: ["xds-protos"], why: "a control plane that shared code with xds would agree with its mistakes" },
  testing: {
    may: ["client", "core", "server", "transport", "xds-protos"],
    why: "helpers stand beside the packages they help to test",
  },
  cli: { may: ["client", "codegen", "mesh", "thrift", "xds"], why: "a thin shell over libraries" },
  "kitex-ts": {
    may: ["client", "core", "server", "thrift", "transport"],
    why: "the front door re-exports the runtime only",
  },
};

/** Run, not published: they stand where users stand. */
const apps = ["bench", "examples", "interop", "proxyless-test"];

/** Run, not published either: these take the packages apart, so every source is open to them. */
const insiders = ["fuzz"];
const isInsider = (file: string): boolean => insiders.some((folder) => file.startsWith(`${folder}/`));

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
interface Import {
  readonly to: string;
  readonly line: number;
  /** `import type` and `export type` leave nothing at run time, so they make no circle. */
  readonly isType: boolean;
}

const problems: string[] = [];
const report = (file: string, line: number, text: string): void => {
  problems.push(`${file}:${line} ${text}`);
};

const short = (name: string): string => name.replace(/^@kitex-ts\//, "");
const manifests = new Map<string, Manifest>();
for (const path of globSync("packages/*/package.json", { cwd: root })) {
  const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
  manifests.set(short(manifest.name), manifest);
}

/** A package's name and the door, `.` or `./x`, that an import asks for; undefined when it is not one of ours. */
function ours(specifier: string): { readonly name: string; readonly door: string } | undefined {
  const match = /^(?:@kitex-ts\/([^/]+)|(kitex-ts))(\/.*)?$/.exec(specifier);
  if (match === null) return undefined;
  return { name: match[1] ?? "kitex-ts", door: match[3] === undefined ? "." : `.${match[3]}` };
}

const isTest = (file: string): boolean =>
  /\.test(-d)?\.ts$|^packages\/[^/]+\/(test|tools)\/|\/(fixtures|testdata)\//.test(file);

function ruleFor(file: string): { readonly folder: string; readonly rule: Rule } {
  const path = file.slice("packages/".length);
  const folder = Object.keys(rules)
    .filter((key) => path.startsWith(`${key}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (folder === undefined)
    return { folder: path.split("/")[0] ?? path, rule: { may: [], why: "it has no line in tools/check-imports.ts" } };
  return { folder, rule: rules[folder] ?? { may: [], why: "" } };
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const types = new Set<number>();
  for (const statement of source.statements) {
    const isType =
      (ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    if (isType && statement.moduleSpecifier !== undefined) types.add(statement.moduleSpecifier.getStart(source));
  }
  // Also import() and import("x").Type, wherever they stand.
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    to: fileName,
    line: source.getLineAndCharacterOfPosition(pos).line + 1,
    isType: [...types].some((start) => Math.abs(start - pos) <= 1),
  }));
}

function checkPackageImport(file: string, { to, line }: Import): void {
  const target = ours(to);
  if (target === undefined) return;
  const manifest = manifests.get(target.name);
  if (manifest === undefined) {
    report(file, line, `imports ${to}: there is no such package here`);
    return;
  }
  if (!Object.hasOwn(manifest.exports ?? {}, target.door)) {
    report(
      file,
      line,
      `imports ${to}: that is no door of ${manifest.name}; its doors are ${Object.keys(manifest.exports ?? {}).join(" ")}`,
    );
  }
  if (!file.startsWith("packages/")) {
    if (target.door === "./internal" && apps.some((app) => file.startsWith(`${app}/`))) {
      report(file, line, `imports ${to}: what users cannot rely on, an example must not show; use a public door`);
    }
    return;
  }
  const { folder, rule } = ruleFor(file);
  const own = folder.split("/")[0] ?? folder;
  if (target.name === own) {
    report(file, line, "imports its own package by name; use a relative path");
    return;
  }
  if (rule.may.includes(target.name)) return;
  const declared = manifests.get(own);
  const forTests = { ...declared?.dependencies, ...declared?.devDependencies };
  if (isTest(file)) {
    if (!Object.hasOwn(forTests, manifest.name)) {
      report(file, line, `imports ${to}: a test may, once packages/${own}/package.json lists it in devDependencies`);
    }
    return;
  }
  const allowed = rule.may.length === 0 ? "no other package" : `only ${rule.may.join(", ")}`;
  report(file, line, `imports ${to}: ${folder} may import ${allowed}, because ${rule.why}`);
}

const files = globSync(
  ["packages/*/{src,test,tools}/**/*.ts", ...[...apps, ...insiders].map((folder) => `${folder}/**/*.ts`)],
  {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path),
  },
).map((file) => file.replaceAll("\\", "/"));

const atRunTime = new Map<string, string[]>();
for (const file of files.sort()) {
  const next: string[] = [];
  for (const imported of importsOf(file)) {
    if (!imported.to.startsWith(".")) {
      checkPackageImport(file, imported);
      continue;
    }
    const target = relative(root, join(root, dirname(file), imported.to)).replaceAll("\\", "/");
    const home = /^packages\/[^/]+\//.exec(file)?.[0];
    // What tests share with the tests of other packages is nothing for users, so it has no door.
    const isSharedByTests = /^packages\/[^/]+\/test\/support\//.test(target) && /^packages\/[^/]+\/test\//.test(file);
    if (home !== undefined && !target.startsWith(home) && !isSharedByTests) {
      report(
        file,
        imported.line,
        `reaches out of its package with ${imported.to}: import the package by name, through a door`,
      );
    } else if (!existsSync(join(root, target))) {
      report(file, imported.line, `imports ${imported.to}, which does not exist`);
    } else if (/^packages\/[^/]+\/src\//.test(target) && home === undefined && !isInsider(file)) {
      report(file, imported.line, `reaches into ${target}: import the package by name, as a user would`);
    }
    if (!imported.isType) next.push(target);
  }
  atRunTime.set(file, next);
}

const fileCircle = circleIn(atRunTime);
if (fileCircle !== undefined) {
  problems.push(
    `files in a circle: ${fileCircle.join(" → ")}; move what both need into a third file, or import only the type`,
  );
}

const between = new Map<string, string[]>();
for (const [name, { dependencies, devDependencies }] of manifests) {
  const needs = Object.keys({ ...dependencies, ...devDependencies }).map(ours);
  between.set(
    name,
    needs.flatMap((target) => (target === undefined ? [] : [target.name])),
  );
  const may = new Set(
    Object.entries(rules).flatMap(([folder, rule]) => (folder.split("/")[0] === name ? rule.may : [])),
  );
  for (const dependency of Object.keys(dependencies ?? {})) {
    const target = ours(dependency);
    if (target !== undefined && !may.has(target.name))
      problems.push(`packages/${name}/package.json depends on ${dependency}: ${ruleFor(`packages/${name}/`).rule.why}`);
    if (target === undefined && name === "core")
      problems.push(
        `packages/core/package.json depends on ${dependency}: core has no dependency, everybody would install it`,
      );
  }
}
const packageCircle = circleIn(between);
if (packageCircle !== undefined) {
  problems.push(
    `packages in a circle: ${packageCircle.join(" → ")}; a test that needs both belongs into the upper one`,
  );
}

for (const problem of problems) console.error(problem);
if (problems.length > 0)
  console.error(
    `${problems.length} problem${problems.length === 1 ? "" : "s"}; the table is in tools/check-imports.ts`,
  );
process.exitCode = problems.length > 0 ? 1 : 0;
