import { fromBinary, toBinary } from "@kitex-ts/thrift";
import { describe, expect, it } from "vitest";
import { Error as ClashingError, Greet, class__ as reservedWord } from "./generated/clashes/clashes.ts";
import { Choice, Color, Kitchen, MISSING, NotFound, ROOT, User } from "./generated/kitchen/kitchen.ts";

describe("generated code at run time", () => {
  it("fills in the defaults of the IDL and survives the wire", () => {
    const user = User.create({ id: 1, name: "ann", addresses: { home: { street: "here" } } });
    expect(user).toMatchObject({
      id: 1n,
      roles: ["user"],
      numbers: new Set([1, 2]),
      addresses: new Map([["home", { street: "here", city: undefined }]]),
      color: Color.RED,
      picture: Uint8Array.of(1),
      retries: 3,
      logins: 0,
      stamp: "0",
      other: "0",
      choices: [
        { case: "text", value: "a" },
        { case: "number", value: 1n },
      ],
      rows: new Map([
        ["a", [1, 2]],
        ["b", []],
      ]),
    });
    expect(fromBinary(User, toBinary(User, user))).toEqual(user);
  });

  it("makes constants that are complete values", () => {
    expect(fromBinary(User, toBinary(User, ROOT))).toEqual(User.create(ROOT));
    expect(MISSING).toBeInstanceOf(NotFound);
    expect(MISSING).toMatchObject({ message: "gone", near: { street: "here" } });
  });

  it("keeps unions and reserved words apart", () => {
    const choice = { case: "again", value: { case: "number", value: 3n } } as const;
    expect(fromBinary(Choice, toBinary(Choice, choice))).toEqual(choice);
    const value = { class: 1, constructor: 2, __proto___: 3, toString: 4 };
    expect(fromBinary(reservedWord, toBinary(reservedWord, value))).toEqual(value);
    expect(new ClashingError({ message: "a", name_: "b", cause_: "c" })).toMatchObject({ message: "a", name_: "b" });
  });

  it("knows inherited methods, and by which name each is called", () => {
    expect(Kitchen.methods.map(({ property, name }) => `${property}=${name}`)).toEqual([
      "alive=alive",
      "ping=ping",
      "find=find",
      "listAll=list_all",
      "forget=forget",
      "count=Count",
      "choose=choose",
      "nested=nested",
      "getHTTPStatus=GetHTTPStatus",
      "once=once",
    ]);
    const properties = Greet.methods.map(({ property }) => property);
    expect(properties).toContain("__proto___");
    expect(new Set(properties).size).toBe(properties.length);
  });
});
