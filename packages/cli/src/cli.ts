import { IdlError } from "@kitex-ts/thrift/idl";
import { Command, CommanderError } from "commander";
import { createCommand } from "./commands/create.ts";
import { genCommand } from "./commands/gen.ts";
import { meshCommand } from "./commands/mesh.ts";
import type { CliStreams } from "./streams.ts";
import { version } from "./version.ts";

/** How the command is run. */
export interface CliOptions {
  /** Default: standard output and standard error. */
  readonly streams?: CliStreams | undefined;
  /** The checkout of kitex-ts that the command was started from: projects get their packages from there. Default: the registry. */
  readonly checkout?: string | undefined;
}

const standardStreams: CliStreams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** 0: done; 1: it failed; 2: it was called wrongly. */
type ExitCode = 0 | 1 | 2;

const programOf = (streams: CliStreams, checkout: string | undefined): Command => {
  const program = new Command("kitex-ts")
    .description(
      "Kitex-style RPC for Node.js: code generation, scaffolding, and a control plane to try mesh rules with.",
    )
    .version(version)
    .addCommand(createCommand(streams, checkout))
    .addCommand(genCommand(streams))
    .addCommand(meshCommand(streams))
    .addHelpText(
      "after",
      `
From nothing to a call:
  kitex-ts create hello && cd hello && npm install && npm start`,
    );
  configure(program, "kitex-ts", streams);
  return program;
};

/** Commands that are added to another do not take over its settings. */
const configure = (command: Command, path: string, streams: CliStreams): void => {
  command
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .showHelpAfterError(`(${path} --help shows what there is)`);
  for (const each of command.commands) configure(each, `${path} ${each.name()}`, streams);
};

/**
 * Runs one command line, without the program's own name, and answers the exit code. Errors a user can mend end in a message;
 * `KITEX_TS_DEBUG=1` adds the stack trace.
 */
export const runCli = async (args: readonly string[], options: CliOptions = {}): Promise<ExitCode> => {
  const { streams = standardStreams, checkout } = options;
  try {
    await programOf(streams, checkout).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Help and version are exits too, of code 0; commander has written what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const text = error instanceof Error ? error.message : String(error);
    // Findings about an IDL say themselves what they are, and may be many.
    streams.err(error instanceof IdlError ? `${text}\n` : `kitex-ts: ${text}\n`);
    if (process.env["KITEX_TS_DEBUG"] === "1" && error instanceof Error) streams.err(`${error.stack ?? ""}\n`);
    return 1;
  }
};
