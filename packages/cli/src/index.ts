export { type CliStreams, runCli } from "./cli.ts";
