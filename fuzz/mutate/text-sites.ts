import type { Sample, Site } from "./sample.ts";

/** A text whose tokens, as `pattern` finds them, are units; so are its paragraphs. */
export const textSample = (text: string, pattern: RegExp): Sample => {
  const bytes = Buffer.from(text);
  const latin1 = bytes.toString("latin1");
  const sites: Site[] = [];
  for (const { 0: token, index } of latin1.matchAll(pattern)) {
    sites.push({ kind: "unit", at: index, size: token.length });
    sites.push({ kind: "content", at: index, size: token.length });
  }
  let at = 0;
  for (const paragraph of latin1.split(/(?<=\n\n)/)) {
    sites.push({ kind: "unit", at, size: paragraph.length });
    at += paragraph.length;
  }
  return { bytes, sites };
};
