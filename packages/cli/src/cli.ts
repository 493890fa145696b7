import { Command, CommanderError } from "commander";
import { meshCommand } from "./commands/mesh.ts";
import { version } from "./version.ts";

/** Where a command writes; tests give their own. */
export interface CliStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const standardStreams: CliStreams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** 0: done; 1: it failed; 2: it was called wrongly. */
type ExitCode = 0 | 1 | 2;

const programOf = (streams: CliStreams): Command => {
  const program = new Command("kitex-ts")
    .description(
      "Kitex-style RPC for Node.js: code generation, scaffolding, and a control plane to try mesh rules with.",
    )
    .version(version)
    .addCommand(meshCommand(streams))
    .showSuggestionAfterError()
    .showHelpAfterError("(kitex-ts --help shows what there is)");
  for (const command of [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)]) {
    command.exitOverride().configureOutput({ writeOut: streams.out, writeErr: streams.err });
  }
  return program;
};

/**
 * Runs one command line, without the program's own name, and answers the exit code. Errors a user can mend end in a message;
 * `KITEX_TS_DEBUG=1` adds the stack trace.
 */
export const runCli = async (args: readonly string[], streams: CliStreams = standardStreams): Promise<ExitCode> => {
  try {
    await programOf(streams).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Help and version are exits too, of code 0; commander has written what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const text = error instanceof Error ? error.message : String(error);
    streams.err(`kitex-ts: ${text}\n`);
    if (process.env["KITEX_TS_DEBUG"] === "1" && error instanceof Error) streams.err(`${error.stack ?? ""}\n`);
    return 1;
  }
};
