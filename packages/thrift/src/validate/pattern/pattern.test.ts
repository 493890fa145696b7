import { describe, expect, it } from "vitest";
import { Pattern } from "./pattern.ts";
import { PatternError } from "./pattern-error.ts";

/** What Go's `regexp` answers. */
const table: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ["", ["", "a"], []],
  ["^$", [""], ["a", "\n"]],
  ["a|b|", ["", "x"], []],
  ["^[^@]+@[^@]+$", ["me@x.org"], ["@", "a@b@c"]],
  ["^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]],
  ["^a{2}$", ["aa"], ["a", "aaa"]],
  ["^a{2,}$", ["aa", "aaaaa"], ["a"]],
  ["a{,2}", ["a{,2}"], ["aa"]],
  ["^(?:a|ab)(?:c|bcd)(?:d*)$", ["abcd", "ac", "abcdd"], ["abd"]],
  ["^(a|b)*c$", ["c", "abbac"], ["abba"]],
  ["a*?b+?c??", ["b", "aabbc"], ["a"]],
  ["^.$", ["a", "é", "😀"], ["", "\n", "ab"]],
  ["(?s)^.$", ["\n"], [""]],
  ["(?m)^x$", ["y\nx\nz"], ["yx"]],
  ["^x$", ["x"], ["x\n", "y\nx\nz"]],
  ["\\Aab\\z", ["ab"], ["aab", "ab\n"]],
  ["\\bfoo\\b", ["foo", "a foo b"], ["foobar", "xfoo"]],
  ["\\Bfoo", ["xfoo"], ["foo", "a foo b"]],
  ["^\\d+\\s\\w$", ["12 _", "1\tz"], ["1\vz", "x y"]],
  ["^[^\\D5]$", ["4"], ["5", "a"]],
  ["^[\\s\\S]$", ["\n", "a"], [""]],
  ["^[]a]$", ["]", "a"], ["b"]],
  ["^[^]a]$", ["b"], ["]", "a"]],
  ["^[a-]$", ["a", "-"], ["b"]],
  ["[[:alpha:]]+[[:^digit:]]", ["ab", "a-"], ["a5", "1"]],
  ["^[[:punct:]]$", ["!", "_", "-"], ["a"]],
  ["^\\p{Greek}+$", ["ελλάς"], ["abc"]],
  ["^\\PL+$", ["123-"], ["a"]],
  ["^\\pN$", ["5"], ["a"]],
  ["(?i)^straSSe$", ["STRASSE", "strasse"], ["Straße"]],
  ["(?i)^k$", ["k", "K", "\u212a"], ["s"]],
  ["(?i)^[^k]$", ["a"], ["K", "\u212a"]],
  ["^(?i)a(?-i)b$", ["Ab"], ["AB"]],
  ["^(?i:a)b$", ["Ab"], ["AB"]],
  ["(?P<n>a)(?<m>b)", ["ab"], ["ba"]],
  ["\\Qa.b\\E+$", ["a.b", "a.bbb"], ["aab"]],
  ["^\\x41\\x{42}\\103\\.$", ["ABC."], ["ABCx"]],
  ["^\\a\\f\\t\\n\\r\\v$", ["\x07\f\t\n\r\v"], [""]],
  ["^[\\x{1F600}-\\x{1F64F}]$", ["😀"], ["a", "\ud83d"]],
  ["^(|a)*b$", ["b", "aab"], ["a"]],
];

const refused: readonly (readonly [pattern: string, message: string])[] = [
  ["(", "missing `)`"],
  ["a)", "unexpected `)`"],
  ["[a", "missing `]`"],
  ["[b-a]", "a range of characters runs backwards"],
  ["[[:foo:]]", "`[:foo:]` is no class"],
  ["*a", "there is nothing to repeat before `*`"],
  ["{2}", "there is nothing to repeat before `{`"],
  ["a|+", "there is nothing to repeat before `+`"],
  ["a**", "a repetition cannot be repeated; put it into a group"],
  ["a{2}{3}", "a repetition cannot be repeated; put it into a group"],
  ["a{1001}", "`{1001}` is no repetition from 0 to 1000"],
  ["a{3,2}", "`{3,2}` is no repetition from 0 to 1000"],
  ["(?=a)", "only groups of RE2 are known: no looking around"],
  ["(?<!a)", "only groups of RE2 are known: no looking around"],
  ["(?z)a", "only groups of RE2 are known: no looking around"],
  ["(a)\\1", "`\\1` is no escape of RE2"],
  ["\\Z", "`\\Z` is no escape of RE2"],
  ["\\C", "`\\C` is no escape of RE2"],
  ["\\", "`\\` is no escape of RE2"],
  ["\\p{Nope}", "`\\p{Nope}` is no category or script of Unicode"],
  ["\\x{110000}", "`\\x{110000}` is no character"],
  ["((a{100}){100}){100}", "the pattern is too large with its repetitions written out"],
  ["(".repeat(300), "groups are nested more than 200 levels deep"],
];

describe("Pattern", () => {
  it.each(table)("%j", (source, matching, others) => {
    const pattern = new Pattern(source);
    // Twice, as states are kept.
    for (const text of [...matching, ...matching]) expect(pattern.test(text), JSON.stringify(text)).toBe(true);
    for (const text of [...others, ...others]) expect(pattern.test(text), JSON.stringify(text)).toBe(false);
  });

  it.each(refused)("refuses %j", (source, message) => {
    expect(() => new Pattern(source)).toThrow(new PatternError(message));
  });

  it("takes time in proportion to the text where backtracking would take for ever", () => {
    const text = `${"a".repeat(100_000)}!`;
    expect(new Pattern("^(a+)+$").test(text)).toBe(false);
    expect(new Pattern("^(a|a)*$").test(text)).toBe(false);
    expect(new Pattern("^(a|aa)+$").test(text)).toBe(false);
  });

  it("keeps its memory within bounds, and its answers right, when there are too many states", () => {
    const text = Array.from({ length: 20_000 }, (_, index) => "ab"[(index * index * 7 + (index >> 3)) % 2]).join("");
    const pattern = new Pattern("a[ab]{12}c");
    expect(pattern.test(text)).toBe(false);
    expect(pattern.test(`${text}a${"b".repeat(12)}c`)).toBe(true);
  });

  it("sees half a surrogate pair as what it becomes on the wire", () => {
    expect(new Pattern("^\\x{FFFD}$").test("\ud800")).toBe(true);
  });
});
