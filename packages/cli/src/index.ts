export { type CliOptions, runCli } from "./cli.ts";
export type { CliStreams } from "./streams.ts";
