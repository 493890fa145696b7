import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { repository } from "./repository.ts";

/** A program that runs, and what it has printed. */
export interface Running {
  /** Waits until the output contains `text`; rejects when the program ends without. */
  printed(text: string): Promise<string>;
  /** Waits for its end. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  kill(signal: NodeJS.Signals): void;
}

/** A project of a user, outside this workspace, with our packages installed and nothing else. */
export class UserFolder implements AsyncDisposable {
  readonly path: string;
  readonly #running = new Set<Running>();

  private constructor(path: string) {
    this.path = path;
  }

  static async create(files: Readonly<Record<string, string>>): Promise<UserFolder> {
    const folder = new UserFolder(await mkdtemp(join(tmpdir(), "kitex-ts-user-")));
    const modules = join(folder.path, "node_modules");
    await mkdir(join(modules, "@kitex-ts"), { recursive: true });
    await symlink(join(repository, "packages", "kitex-ts"), join(modules, "kitex-ts"));
    for (const name of ["codegen", "testing", "xds"]) {
      await symlink(join(repository, "packages", name), join(modules, "@kitex-ts", name));
    }
    await mkdir(join(modules, "@types"));
    await symlink(join(repository, "node_modules", "@types", "node"), join(modules, "@types", "node"));
    await folder.write({ "package.json": '{ "type": "module" }', ...files });
    return folder;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.path, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }

  /** Generates `kitex_gen` from an IDL. The generator stands above this package, so it runs where users run it. */
  async generate(idl: string): Promise<void> {
    await this.write({
      "generate.ts": `import { gen } from "@kitex-ts/codegen";\nawait gen([${JSON.stringify(idl)}]);\n`,
    });
    const { code, output } = await this.run("generate.ts").ended;
    if (code !== 0) throw new Error(`generating from ${idl} failed: ${output}`);
  }

  /** What `tsc --strict` says against these files; empty when it is content. */
  typeErrors(...names: readonly string[]): readonly string[] {
    const program = ts.createProgram(
      names.map((name) => join(this.path, name)),
      {
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        strict: true,
        exactOptionalPropertyTypes: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        noEmit: true,
        skipLibCheck: true,
        types: ["node"],
        customConditions: ["@kitex-ts/source"],
      },
    );
    return names.flatMap((name) => {
      const source = program.getSourceFile(join(this.path, name));
      return ts
        .getPreEmitDiagnostics(program, source)
        .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
    });
  }

  /** Runs a file with Node, which strips the types itself. */
  run(name: string, ...options: readonly string[]): Running {
    const child = spawn(process.execPath, ["--conditions=@kitex-ts/source", ...options, name], {
      cwd: this.path,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let hasEnded = false;
    let changed: () => void = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        changed();
      });
    }
    const ended = new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
      child.once("close", (code) => {
        hasEnded = true;
        changed();
        resolve({ code, output });
      });
    });
    const running: Running = {
      ended,
      printed: async (text) => {
        while (!output.includes(text)) {
          if (hasEnded) throw new Error(`${name} ended without printing "${text}"; it printed: ${output}`);
          await new Promise<void>((resolve) => {
            changed = resolve;
          });
        }
        return output;
      },
      kill: (signal) => void child.kill(signal),
    };
    this.#running.add(running);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running) {
      running.kill("SIGKILL");
      await running.ended;
    }
    await rm(this.path, { recursive: true });
  }
}
