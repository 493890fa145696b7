import { type LoadOptions, loadSources, loadSourcesSync, type SyncLoadOptions } from "./loader.ts";
import type { ResolvedProgram } from "./model.ts";
import { type ResolveOptions, resolveProgram } from "./resolver.ts";

/**
 * Reads an IDL with everything it includes, and resolves it: `loadSources` and `resolveProgram` in one step.
 *
 * @param entry path of the file, for the default reader relative to the working directory.
 * @throws {IdlError} when a file is missing, malformed or wrong; nothing else.
 */
export const loadThrift = async (entry: string, options: LoadOptions & ResolveOptions = {}): Promise<ResolvedProgram> =>
  resolveProgram(await loadSources(entry, options), options);

/** `loadThrift` for a reader that answers at once; the default reader blocks. */
export const loadThriftSync = (entry: string, options: SyncLoadOptions & ResolveOptions = {}): ResolvedProgram =>
  resolveProgram(loadSourcesSync(entry, options), options);
