import type { EverythingInit } from "../../interop/apache/kitex_gen/judge/judge.ts";
import { full } from "../../interop/apache/support/everything.ts";

/** A value of every type, small enough that most changes hit its structure. */
export const everything = (): EverythingInit => ({
  ...full(),
  text: "žluťoučký 🐎 \u0000",
  raw: Uint8Array.from({ length: 40 }, (_, index) => index * 6),
});
