import { describe, expect, it } from "vitest";
import { Refusal } from "./decoded.ts";
import { decodeStringMatch, describeString, matchesString } from "./string-match.ts";

const match = (matcher: Parameters<typeof decodeStringMatch>[0], value: string): boolean =>
  matchesString(decodeStringMatch(matcher), value);

describe("string matchers", () => {
  it.each([
    [{ exact: "canary" }, "canary", true],
    [{ exact: "canary" }, "Canary", false],
    [{ exact: "Canary", ignoreCase: true }, "cANARY", true],
    [{ exact: "" }, "", true],
    [{ exact: "" }, "x", false],
    [{ prefix: "can" }, "candle", true],
    [{ prefix: "" }, "", true],
    [{ prefix: "CAN", ignoreCase: true }, "candle", true],
    [{ suffix: "ary" }, "canary", true],
    [{ suffix: "ary" }, "canaryx", false],
    [{ contains: "nar" }, "canary", true],
    [{ contains: "NAR" }, "canary", false],
    [{ contains: "NAR", ignoreCase: true }, "canary", true],
    [{ safeRegex: { regex: "[0-9]+" } }, "42", true],
    // The whole value must match (defect 21: unanchored regex).
    [{ safeRegex: { regex: "[0-9]+" } }, "a42", false],
    [{ safeRegex: { regex: "[0-9]+" } }, "42b", false],
    [{ safeRegex: { regex: "(?i)canary" } }, "CANARY", true],
    [{ safeRegex: { regex: "a|b" } }, "b", true],
    [{ safeRegex: { regex: "\\QA.B\\E" } }, "A.B", true],
    [{ safeRegex: { regex: "[[:alpha:]]+" } }, "abc", true],
  ])("%j on %j: %s", (matcher, value, expected) => {
    expect(match({ ignoreCase: false, ...matcher }, value)).toBe(expected);
  });

  it.each([
    ["of an unknown kind", {}],
    ["of a custom kind", { custom: {} }],
    ["with a regex that does not compile", { safeRegex: { regex: "(" } }],
    ["with a regex that RE2 does not have", { safeRegex: { regex: "(a)\\1" } }],
    ["with a regex of more than 4 KiB", { safeRegex: { regex: "a".repeat(4097) } }],
  ])("refuses one %s instead of matching everything (defect 21)", (_, matcher) => {
    expect(() => decodeStringMatch({ ignoreCase: false, ...matcher })).toThrow(Refusal);
  });

  it("takes linear time for patterns that drive others mad", () => {
    const hard = decodeStringMatch({ safeRegex: { regex: "(a+)+b" }, ignoreCase: false });
    expect(matchesString(hard, "a".repeat(5_000))).toBe(false);
  });

  it("says what it asks for", () => {
    expect(describeString(decodeStringMatch({ exact: "X", ignoreCase: true }))).toBe('exact "x" (any case)');
    expect(describeString(decodeStringMatch({ safeRegex: { regex: "a" }, ignoreCase: false }))).toBe('regex "a"');
  });
});
