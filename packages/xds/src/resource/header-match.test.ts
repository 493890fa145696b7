import { HeaderMatcher, type MessageInit } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { Refusal } from "./decoded.ts";
import { decodeHeaderMatch, describeHeader, matchesHeader } from "./header-match.ts";

const decode = (matcher: MessageInit<HeaderMatcher>) =>
  decodeHeaderMatch(HeaderMatcher.decode(HeaderMatcher.encode({ name: "x", ...matcher })));

const stringMatch = { exact: "a" };

describe("header matchers", () => {
  it.each<[MessageInit<HeaderMatcher>, string | undefined, boolean]>([
    [{ stringMatch }, "a", true],
    [{ stringMatch }, "b", false],
    [{ stringMatch }, undefined, false],
    [{ stringMatch, invertMatch: true }, "a", false],
    [{ stringMatch, invertMatch: true }, "b", true],
    // A missing header fails, inverted or not …
    [{ stringMatch, invertMatch: true }, undefined, false],
    // … unless it counts as an empty one: Istio's withoutHeaders (defect 21: evaluated as a positive match).
    [{ stringMatch, invertMatch: true, treatMissingHeaderAsEmpty: true }, undefined, true],
    [{ stringMatch, invertMatch: true, treatMissingHeaderAsEmpty: true }, "a", false],
    [{ stringMatch: { exact: "" }, treatMissingHeaderAsEmpty: true }, undefined, true],
    [{ exactMatch: "a" }, "a", true],
    [{ prefixMatch: "a" }, "ab", true],
    [{ suffixMatch: "b" }, "ab", true],
    [{ containsMatch: "b" }, "abc", true],
    [{ safeRegexMatch: { regex: "a+" } }, "aa", true],
    [{ safeRegexMatch: { regex: "a+" } }, "aab", false],
    [{ presentMatch: true }, "", true],
    [{ presentMatch: true }, undefined, false],
    [{ presentMatch: false }, undefined, true],
    [{ presentMatch: false }, "a", false],
    [{ presentMatch: true, invertMatch: true }, undefined, true],
    [{ presentMatch: true, invertMatch: true }, "a", false],
    [{ rangeMatch: { start: -5, end: 10 } }, "-5", true],
    [{ rangeMatch: { start: -5, end: 10 } }, "9", true],
    [{ rangeMatch: { start: -5, end: 10 } }, "10", false],
    [{ rangeMatch: { start: 0, end: 10 } }, "1.5", false],
    [{ rangeMatch: { start: 0, end: 10 } }, " 1", false],
    [{ rangeMatch: { start: 0, end: 10 } }, "", false],
    [{ rangeMatch: { start: 0, end: 10 } }, "0x1", false],
    [{ rangeMatch: { start: 0, end: 10 }, invertMatch: true }, "x", true],
    [{ name: "x-bin", stringMatch }, "a", false],
    [{ name: "x-bin", presentMatch: true }, "a", false],
  ])("%j on %j: %s", (matcher, value, expected) => {
    expect(matchesHeader(decode(matcher), value)).toBe(expected);
  });

  it("refuses a matcher without a condition, or without a name (defect 21: unknown kinds match everything)", () => {
    expect(() => decode({})).toThrow(Refusal);
    expect(() => decode({ stringMatch: {} })).toThrow(Refusal);
    expect(() => decode({ name: "", stringMatch })).toThrow(Refusal);
  });

  it("compares names without case", () => {
    expect(decode({ name: "RPC-Transit-Stage", stringMatch }).name).toBe("rpc-transit-stage");
  });

  it("says what it asks for", () => {
    expect(describeHeader(decode({ stringMatch, invertMatch: true }))).toBe('x not exact "a"');
    expect(describeHeader(decode({ presentMatch: true, invertMatch: true }))).toBe("x absent");
    expect(describeHeader(decode({ rangeMatch: { start: 1, end: 2 } }))).toBe("x in [1, 2)");
  });
});
