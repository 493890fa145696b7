import { errorKinds } from "@kitex-ts/core/internal";
import { describe, expect, it } from "vitest";
import { callopt, client, server } from "../src/index.ts";
import { firstCells, readPage } from "./support/repository.ts";

describe("docs/options.md", () => {
  const documented = firstCells(readPage("docs/options.md")).map((cell) => /^[\w.]+/.exec(cell)?.[0] ?? cell);
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
  it("lists every kind of error, and none that is not there", () => {
    const documented = firstCells(readPage("docs/errors.md")).filter((cell) => cell !== "kind");
    expect(documented.toSorted()).toEqual(errorKinds.toSorted());
  });
});
