import { errorKinds } from "@kitex-ts/core/internal";
import { describe, expect, it } from "vitest";
import { callopt, client, server } from "../src/index.ts";
import { firstCells, readPage, sourcesOf } from "./support/repository.ts";

describe("docs/options.md", () => {
  const documented = firstCells(readPage("docs/options.md"))
    .map((cell) => /^[\w.]+/.exec(cell)?.[0] ?? cell)
    // Those of xds are checked there: this package does not know it.
    .filter((name) => !name.startsWith("xds."));
  const exported = Object.entries({ client, callopt, server }).flatMap(([door, names]) =>
    Object.keys(names)
      .filter((name) => name.startsWith("with"))
      .map((name) => `${door}.${name}`),
  );

  it("lists every option, and none that is not there", () => {
    expect(documented.toSorted()).toEqual(exported.toSorted());
  });
});

describe("docs/errors.md", () => {
  const [kinds = "", codes = ""] = readPage("docs/errors.md").split("## `TransportError.code`");

  it("lists every kind of error, and none that is not there", () => {
    const documented = firstCells(kinds).filter((cell) => cell !== "kind");
    expect(documented.toSorted()).toEqual(errorKinds.toSorted());
  });

  it("lists every code of a TransportError, and none that is not there", () => {
    const documented = firstCells(codes).filter((cell) => cell !== "code");
    const sources = ["client", "server", "transport"].flatMap((name) => sourcesOf(`packages/${name}/src`)).join("\n");
    const made = [...sources.matchAll(/(?:TransportError|Error)\(\s*(?:call, )?"([a-z_]+)"/g)].map(
      ([, code]) => code as string,
    );
    expect(
      made.filter((code) => !documented.includes(code) && !(errorKinds as readonly string[]).includes(code)),
    ).toEqual([]);
    expect(documented.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
    expect(made.length).toBeGreaterThan(10);
  });
});
