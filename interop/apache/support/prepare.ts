// What the suites need besides npm packages: code that the Apache compiler makes of the IDL, and a Python with thriftpy2.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const folder = fileURLToPath(new URL("../", import.meta.url));
const THRIFTPY2 = "0.7.1";

const venv = join(folder, "..", ".bin", `thriftpy2-${THRIFTPY2}`);

/** The Python that has thriftpy2. */
export const python: string = join(venv, "bin", "python");

export async function prepareJudges(): Promise<void> {
  await generateApache();
  if (!existsSync(python)) await installThriftpy2();
}

/** JavaScript, and a description of the IDL in JSON. It takes a tenth of a second, so it is done anew each time. */
async function generateApache(): Promise<void> {
  const generated = join(folder, "generated");
  await rm(generated, { recursive: true, force: true });
  await mkdir(generated);
  for (const language of ["js:node,es6", "json"]) {
    await must(
      "thrift",
      ["-r", "--gen", language, "-out", generated, join(folder, "idl", "judge.thrift")],
      hints.thrift,
    );
  }
  // The workspace's packages are ES modules; this is CommonJS.
  await writeFile(join(generated, "package.json"), '{ "type": "commonjs" }\n');
}

async function installThriftpy2(): Promise<void> {
  process.stderr.write(`interop: fetching thriftpy2 ${THRIFTPY2} (once)\n`);
  const half = `${venv}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(join(folder, "..", ".bin"), { recursive: true });
  await must("python3", ["-m", "venv", half], hints.python);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
  await must(join(half, "bin", "python"), [...pip, `thriftpy2==${THRIFTPY2}`], hints.python);
  // The name appears when everything is there, so that an interrupted run leaves no half of it.
  await rename(half, venv);
}

const hints = {
  thrift:
    "the Apache suites need the Thrift compiler on PATH: apt-get install thrift-compiler, or see interop/README.md",
  python: "the Apache suites need python3 with venv and pip: apt-get install python3-venv, or see interop/README.md",
};

async function must(command: string, args: readonly string[], hint: string): Promise<void> {
  try {
    await run(command, args);
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw new Error(`${basename(command)}: ${stderr === "" ? message : stderr}\n${hint}`, { cause: error });
  }
}
