import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the workspace. */
export const repository: string = join(import.meta.dirname, "..", "..", "..", "..");

export const readPage = (path: string): string => readFileSync(join(repository, path), "utf8");

/** The texts of a folder's sources, tests left out. */
export const sourcesOf = (folder: string): readonly string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readPage(join(folder, name)));

/** The fenced blocks of a page that are written in `language`, in order. */
export const codeBlocks = (page: string, language: string): readonly string[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] as string);

/** First cells of the tables of a page, without backticks, header and rule left out. */
export const firstCells = (page: string): readonly string[] =>
  [...page.matchAll(/^\| `([^`|]+)`.*\|$/gm)].map((match) => match[1] as string);
