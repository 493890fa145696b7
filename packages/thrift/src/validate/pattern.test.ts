import { describe, expect, it } from "vitest";
import { Pattern } from "./pattern.ts";
import { PatternError } from "./pattern-error.ts";

/** What Go 1.26's `regexp` answers. */
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
  ["(?U)^a+?$", ["aa"], ["b"]],
  ["^\\p{^Greek}\\P{Greek}$", ["ab"], ["αb"]],
  ["^[\\W5]+$", ["5-"], ["a"]],
  ["^[[:word:]-]+$", ["a_-"], ["é"]],
  ["(?i)^ſ$", ["s", "S", "ſ"], ["k"]],
  ["^\\w+$", ["abc_9"], ["é", "ſ"]],
  ["^(?:[a-z0-9]{1,63}\\.){1,8}[a-z]{2,63}$", ["example.org", "a.b.c.de"], ["example", "a..de"]],
];

/** What Go refuses, too; with these words, behind some of which it repeats the pattern. */
const refused: readonly (readonly [pattern: string, message: string])[] = [
  ["(", "missing closing ): `(`"],
  ["a)", "unexpected ): `a)`"],
  ["[a", "missing closing ]: `[a`"],
  ["[b-a]", "invalid character class range: `b-a`"],
  ["[[:foo:]]", "invalid character class range: `[:foo:]`"],
  ["*a", "missing argument to repetition operator: `*`"],
  ["{2}", "missing argument to repetition operator: `{2}`"],
  ["a|+", "missing argument to repetition operator: `+`"],
  ["a**", "invalid nested repetition operator: `**`"],
  ["a{2}{3}", "invalid nested repetition operator: `{2}{3}`"],
  ["a{1001}", "invalid repeat count: `{1001}`"],
  ["a{3,2}", "invalid repeat count: `{3,2}`"],
  ["((a{10}){10}){11}", "invalid repeat count: `{11}`"],
  ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
  ["(?<!a)", "invalid named capture: `(?<!a)`"],
  ["(?z)a", "invalid or unsupported Perl syntax: `(?z`"],
  ["(a)\\1", "invalid escape sequence: `\\1`"],
  ["\\Z", "invalid escape sequence: `\\Z`"],
  ["\\C", "invalid escape sequence: `\\C`"],
  ["\\", "trailing backslash at end of expression"],
  ["\\p{Nope}", "invalid character class range: `\\p{Nope}`"],
  ["\\x{110000}", "invalid escape sequence: `\\x{110000`"],
  [`${"(".repeat(1001)}${")".repeat(1001)}`, "expression nests too deeply"],
];

/** Where the answer is another one than Go 1.26's. */
const differences: readonly (readonly [pattern: string, isTaken: boolean, why: string])[] = [
  ["(?P<n>a)(?P<n>b)", false, "Go takes a name twice; nobody asks what a group has matched, so leave the name out"],
  ["\\p{greek}", false, "Go ignores case since 1.25, and refused it before: write what both know, as Unicode has it"],
  ["\\p{Letter}", false, "so it is with long names of categories: write `\\p{L}`"],
  ["\\p{Old_Italic}", true, "Go took scripts of two words up to 1.24, and does not since it ignores case"],
  ["\\p{Garay}", true, "a script of Unicode 16; Go knows Unicode 15"],
  ["[a-z]{1000}".repeat(11), false, "Go's limit is some hundred times ours, which is what bounds the time of a match"],
];

const messageOf = (source: string): string => {
  try {
    new Pattern(source);
    return "taken";
  } catch (error) {
    return error instanceof PatternError ? error.message : `not a PatternError: ${error}`;
  }
};

describe("Pattern", () => {
  it.each(table)("%j", (source, matching, others) => {
    const pattern = new Pattern(source);
    // Twice, as states are kept.
    for (const text of [...matching, ...matching]) expect(pattern.test(text), JSON.stringify(text)).toBe(true);
    for (const text of [...others, ...others]) expect(pattern.test(text), JSON.stringify(text)).toBe(false);
    for (const text of matching) expect(pattern.test(Buffer.from(text)), `bytes of ${text}`).toBe(true);
    for (const text of others) expect(pattern.test(Buffer.from(text)), `bytes of ${text}`).toBe(false);
  });

  it.each(refused)("refuses %j", (source, message) => {
    expect(messageOf(source)).toBe(message);
  });

  it.each(differences)("%j differs from Go", (source, isTaken) => {
    expect(messageOf(source) === "taken").toBe(isTaken);
  });

  it("takes time in proportion to the text where backtracking would take for ever", () => {
    const text = `${"a".repeat(100_000)}!`;
    expect(new Pattern("^(a+)+$").test(text)).toBe(false);
    expect(new Pattern("^(a|a)*$").test(text)).toBe(false);
    expect(new Pattern("^(a|aa)+$").test(text)).toBe(false);
  });

  it("keeps its answers right when there are too many states to remember", () => {
    const text = Array.from({ length: 20_000 }, (_, index) => "ab"[(index * index * 7 + (index >> 3)) % 2]).join("");
    const pattern = new Pattern("a[ab]{12}c");
    expect(pattern.test(text)).toBe(false);
    expect(pattern.test(`${text}a${"b".repeat(12)}c`)).toBe(true);
  });

  it("sees half a surrogate pair as what it becomes on the wire, and a byte that is no UTF-8 as Go does", () => {
    expect(new Pattern("^\\x{FFFD}$").test("\ud800")).toBe(true);
    expect(new Pattern("^\\x{FFFD}{2}$").test(Uint8Array.of(0xe2, 0x82))).toBe(true);
  });

  it("is refused before it is compiled when it would be large", () => {
    const tooMany = "the pattern has more than 10000 steps with its repetitions written out";
    expect(messageOf("a".repeat(5000))).toBe("the pattern has 5000 characters, more than 4096");
    expect(messageOf("\\pL{1000}".repeat(400))).toBe(tooMany);
    expect(messageOf(`(?:${"ab?".repeat(1000)}){300}`)).toBe(tooMany);
    expect(messageOf("((a{100}){100}){100}")).toBe(tooMany);
  });

  it("may cost less when it is a part of the message", () => {
    expect(Pattern.fromMessage("^[a-z]{1,100}$").test("abc")).toBe(true);
    expect(() => Pattern.fromMessage("a".repeat(300))).toThrow("the pattern has 300 characters, more than 256");
    expect(() => Pattern.fromMessage("\\pL{1000}a")).toThrow("more than 1000 steps");
  });
});
