import { ValidationError, validate, violationsOf } from "@kitex-ts/thrift";
import { describe, expect, it } from "vitest";
import { Account, type AccountInit, Contact, Plan, Refused } from "./generated/rules/rules.ts";

const good: AccountInit = {
  id: 1,
  name: "me",
  ratio: 0,
  website: "https://me@x.org/",
  plan: Plan.TEAM,
  tags: ["a", "b"],
  scores: { maths: [1, -1] },
  home: { street: "here", postcode: "1234" },
  unchecked: { street: "" },
  others: [{ street: "äbc" }],
  token: new TextEncoder().encode("secret"),
  greeting: "me-020",
  at: "5",
};

const broken = (change: Partial<AccountInit>): string[] =>
  violationsOf(Account, { ...good, ...change }).map(({ path, rule }) => `${path} ${rule}`);

describe("validate() with generated code", () => {
  it("takes a good value, as given and as decoded", () => {
    expect(violationsOf(Account, good)).toEqual([]);
    expect(violationsOf(Account, Account.create(good))).toEqual([]);
  });

  it.each<[Partial<AccountInit>, ...string[]]>([
    [{ id: 0n }, "Account.id vt.gt"],
    [{ id: 7n }, "Account.id vt.not_in"],
    [{ id: 9007199254740993n }, "Account.id vt.not_in"],
    [{ name: "i", greeting: undefined }, "Account.name vt.min_size"],
    [{ name: "x".repeat(21), greeting: undefined }, "Account.name vt.max_size"],
    [{ name: 'a"b', greeting: undefined }, "Account.name vt.not_contains"],
    [{ name_limit: 65, greeting: undefined }, "Account.name_limit vt.le", "Account.name_limit vt.const"],
    [{ ratio: -0.1 }, "Account.ratio vt.ge"],
    [{ ratio: 1000 }, "Account.ratio vt.lt"],
    [{ website: undefined }, "Account.website vt.not_nil"],
    [{ website: "x" }, "Account.website vt.prefix", "Account.website vt.suffix", "Account.website vt.contains"],
    [{ plan: 3 }, "Account.plan vt.defined_only"],
    [{ plan: Plan.COMPANY }, "Account.plan vt.not_in"],
    [{ tags: ["a", "c", "a", "a"] }, "Account.tags vt.max_size", "Account.tags[1] vt.elem.in"],
    [{ scores: { "": [1] } }, "Account.scores key vt.key.min_size"],
    [{ scores: { a: [-2] } }, 'Account.scores["a"][0] vt.value.elem.ge'],
    [{ home: { street: "" } }, "Account.home.street vt.min_size"],
    [{ home: { street: "odd" } }, "Account.home vt.assert"],
    [{ home: { street: "here", postcode: "abc" } }, "Account.home.postcode vt.pattern"],
    [{ others: [{ street: "here" }, { street: "" }] }, "Account.others[1].street vt.min_size"],
    [{ token: new Uint8Array(1) }, "Account.token vt.const"],
    [{ agreed: false }, "Account.agreed vt.const"],
    [{ greeting: "hi" }, "Account.greeting vt.const"],
    [{ parent: { ...good, id: -1 } }, "Account.parent.id vt.gt"],
    [{ at: "9000000000000000000" }, "Account.at vt.le"],
  ])("finds what is wrong: %#", (change, ...violations) => {
    expect(broken(change)).toEqual(violations);
  });

  it("takes unions and exceptions", () => {
    expect(() => validate(Contact, { case: "mail", value: "a@b" })).not.toThrow();
    expect(() => validate(Contact, { case: "mail", value: "ab" })).toThrow(ValidationError);
    expect(() => validate(Contact, { case: "post", value: { street: "" } })).toThrow("Contact.post.street");
    expect(() => validate(Refused, new Refused({ message: "no", code: 17 }))).not.toThrow();
    expect(() => validate(Refused, new Refused({ message: "", code: 16 }))).toThrow(
      "Refused.message: string of size 0 breaks vt.min_size = 1; Refused.code: 16 breaks vt.gt = 16",
    );
  });
});
