import { loadThriftSync, memoryReader } from "@kitex-ts/thrift/idl";
import { describe, expect, it } from "vitest";
import { moduleSpecifier, outputPath } from "./output-path.ts";

const pathOf = (idl: string, name = "idl/user.thrift"): string =>
  outputPath(loadThriftSync(name, { reader: memoryReader({ [name]: idl }) }).entry);

describe("outputPath()", () => {
  it.each([
    ["", "user.ts"],
    ["namespace go a.b.C", "a/b/C/user.ts"],
    ["namespace * any", "any/user.ts"],
    ["namespace * any namespace go a", "a/user.ts"],
    ["namespace go a namespace js b", "b/user.ts"],
    ["namespace js b namespace ts c", "c/user.ts"],
    ["namespace py only.others", "user.ts"],
  ])("puts %j into %s", (idl, expected) => expect(pathOf(idl)).toBe(expected));

  it("keeps dots of the name, but makes no declaration file", () => {
    expect(pathOf("", "a.b.thrift")).toBe("a.b.ts");
    expect(pathOf("", "a.d.thrift")).toBe("a.d_.ts");
  });

  it("refuses names that no module can have", () => {
    expect(() => pathOf("", "what?.thrift")).toThrow(
      '"what?.thrift": no TypeScript module can be called so; rename the file',
    );
    expect(() => pathOf("", "a\nb.thrift")).toThrow("rename the file");
  });
});

describe("moduleSpecifier()", () => {
  it.each([
    ["a/x.ts", "a/y.ts", "./y.ts"],
    ["a/x.ts", "a/b/y.ts", "./b/y.ts"],
    ["a/b/x.ts", "y.ts", "../../y.ts"],
    ["a/b/x.ts", "a/c/y.ts", "../c/y.ts"],
    ["x.ts", "y.ts", "./y.ts"],
  ])("from %s to %s is %s", (from, to, expected) => expect(moduleSpecifier(from, to, "ts")).toBe(expected));
});
