import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";

/** What a file or folder looked like; another text means that it changed. */
export const fileSignature = (stats: Stats | undefined): string =>
  stats === undefined ? "absent" : `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;

/** The signature as of now; also of what does not exist. */
export const signatureOf = async (path: string): Promise<string> =>
  fileSignature(await stat(path).catch(() => undefined));
