import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { writtenOutSize } from "./pattern-size.ts";

const patterns: readonly string[] = [
  "a{1000}",
  "a{0,1000}b",
  "a{3,}",
  "\\pL{500}\\p{Greek}{500}",
  "[^]a{9}]{200}",
  "[[:alpha:]\\]]{200}",
  "[]{5}]{100}",
  "(?:ab?){300}",
  "((a{10}){10}){10}",
  "((a{0,10}){0,10}){0,10}",
  "(a|b|){500}",
  "(?:(?:a|)|)*{",
  "(){500}",
  "((((|){2}){2}){2}){60}",
  "\\Qa{1000}\\E{100}",
  "\\Qa{1000}",
  "(?:abcdefgh)(?i){500}",
  "(?:abcdefgh){3}?(?i){300}",
  "(?:abcdefgh)*(?i){500}",
  "(abcdefgh)\\Q\\E{500}",
  "\\x41{300}\\x{1F600}{300}",
  "\\({300}\\){300}",
  "(?i:straße){100}",
  "😀{500}",
  "(?:^|$|\\b){200}",
  "(a+?b*c?){150}",
  "a{02}{1,02}{1 }{,2}",
];

describe("writtenOutSize()", () => {
  it.each(patterns)("of %j is about the length of its program", (pattern) => {
    const steps = RE2JS.compile(pattern).programSize();
    const size = writtenOutSize(pattern);
    expect(size).toBeGreaterThan(steps / 3 - 2);
    expect(size).toBeLessThan(steps * 3 + 20);
  });

  it("of what is no pattern is a number, too, and takes no time", () => {
    for (const part of ["[", "[:", "[[:a:]", "(", ")", "\\Qa", "a{1000}", "{9,", "\\", "[^]"]) {
      expect(writtenOutSize(part.repeat(4096 / part.length))).toBeGreaterThanOrEqual(0);
    }
    expect(writtenOutSize("")).toBe(0);
  });
});
