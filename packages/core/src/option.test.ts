import { describe, expect, it } from "vitest";
import { applyOptions, checkDurationMs, defineOption } from "./option.ts";

const add = (name: string): ReturnType<typeof defineOption<"client", string[]>> =>
  defineOption("client", `with${name}()`, (list: string[]) => {
    list.push(name);
  });

describe("applyOptions()", () => {
  it("applies in order, skips falsy entries and answers the names", () => {
    const list: string[] = [];
    expect(applyOptions("client", [add("A"), false, undefined, null, add("B")], list)).toEqual(["withA()", "withB()"]);
    expect(list).toEqual(["A", "B"]);
  });

  it("says which option was passed where it does not belong", () => {
    expect(() => applyOptions("call", [add("A") as never], [])).toThrow(
      "not a call option: client option withA(); call options are the values that callopt.with… functions return",
    );
    expect(() => applyOptions("client", ["fast" as never], [])).toThrow("not a client option: fast");
    expect(() => applyOptions("xds", [add("A") as never], [])).toThrow(
      "not an xds option: client option withA(); xds options are the values that xds.with… functions return",
    );
  });
});

describe("checkDurationMs()", () => {
  it("takes milliseconds from 0 up and nothing else", () => {
    checkDurationMs("withRPCTimeout", 0);
    for (const bad of [-1, Number.NaN, Infinity, "5" as never]) {
      expect(() => checkDurationMs("withRPCTimeout", bad)).toThrow("withRPCTimeout: milliseconds as a finite number");
    }
  });
});
