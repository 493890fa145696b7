import { describe, expect, it } from "vitest";
import { backends, onBackend, type Printed } from "../test/support/backends.ts";
import { fromBinary, toBinary } from "./binary.ts";
import { fromCompact, toCompact } from "./compact.ts";
import type { StructDescriptor } from "./descriptor.ts";
import { exceptionClass } from "./exception-class.ts";
import { unknownFields } from "./runtime/unknown-fields.ts";
import { structDescriptor, unionDescriptor } from "./struct-descriptor.ts";

type Value = Readonly<Record<string | symbol, unknown>>;

/** What both ends know. */
const New: StructDescriptor<Value> = structDescriptor("New", [
  [-3, "below", "i16", 2],
  [1, "text", "string", 2],
  [2, "flag", "bool", 2],
  [3, "inner", () => New, 2],
  [20, "list", ["list", "bool"], 2],
  [500, "map", ["map", "string", "i64"], 2],
]);

const NewChoice: StructDescriptor<Value> = unionDescriptor("NewChoice", [
  [1, "text", "string"],
  [2, "flag", "bool"],
  [3, "again", () => NewChoice],
]);

/** What the service between them knows. */
const makeSchema = (printed: Printed) => {
  const Old: StructDescriptor<Value> = structDescriptor(
    "Old",
    [
      [1, "text", "string", 2],
      [3, "inner", () => Old, 2],
    ],
    { keepUnknownFields: true, codec: printed["Old"] },
  );
  const Forgetful: StructDescriptor<Value> = structDescriptor("Forgetful", [[1, "text", "string", 2]], {
    codec: printed["Forgetful"],
  });
  const Failed = exceptionClass("Failed", [[1, "text", "string", 2]], {
    keepUnknownFields: true,
    codec: printed["Failed"],
  }) as unknown as StructDescriptor<Value>;
  const Choice: StructDescriptor<Value> = unionDescriptor("Choice", [[1, "text", "string"]], {
    keepUnknownFields: true,
    codec: printed["Choice"],
  });
  return { Old, Forgetful, Failed, Choice };
};

const value: Value = {
  below: -7,
  text: "a",
  flag: true,
  inner: { below: 1, text: "b", flag: false, inner: undefined, list: [], map: undefined },
  list: [true, false],
  map: new Map([["k", 5n]]),
};
const flat = { ...value, inner: undefined };

describe.each(backends)("unknown fields, %s", async (backend) => {
  const { Old, Forgetful, Failed, Choice } = await onBackend(makeSchema, backend);

  it.each([
    { protocol: "Binary", encode: toBinary, decode: fromBinary },
    { protocol: "Compact", encode: toCompact, decode: fromCompact },
  ])("reach the next service over $protocol, whatever becomes of the known ones", ({ encode, decode }) => {
    const passing = decode(Old, encode(New, value));
    expect(Object.keys(passing)).toEqual(["text", "inner"]);
    expect(decode(New, encode(Old, passing))).toEqual(value);
    expect(decode(New, encode(Old, { ...passing, text: undefined, inner: undefined }))).toEqual({
      ...value,
      text: undefined,
      inner: undefined,
    });
    expect(decode(New, encode(Old, Old.create(passing)))).toEqual(value);
    // Twice over: what is kept stays what it is.
    expect(encode(Old, decode(Old, encode(Old, passing)))).toEqual(encode(Old, passing));
  });

  it.each([
    { protocol: "Binary", encode: toBinary, decode: fromBinary, other: toCompact },
    { protocol: "Compact", encode: toCompact, decode: fromCompact, other: toBinary },
  ])("go with unions over $protocol, also where they are all that there is", ({ encode, decode, other }) => {
    for (const sent of [
      { case: "flag", value: true },
      { case: "again", value: { case: "again", value: { case: "flag", value: false } } },
    ]) {
      const passing = decode(Choice, encode(NewChoice, sent));
      expect(passing).toMatchObject({ case: undefined, value: undefined });
      expect(decode(NewChoice, encode(Choice, passing))).toEqual(sent);
      expect(decode(NewChoice, encode(Choice, { ...passing }))).toEqual(sent);
      expect(decode(NewChoice, encode(Choice, Choice.create(passing)))).toEqual(sent);
      // Bytes of one protocol mean nothing in the other, and an empty union may not be sent.
      expect(() => other(Choice, passing)).toThrow("Choice.case: exactly one field must be set");
      expect(() => encode(Choice, { ...passing, case: "flag" })).toThrow("expected one of text, got string");
    }
    const known = decode(Choice, encode(NewChoice, { case: "text", value: "a" }));
    expect(known).toEqual({ case: "text", value: "a" });
    expect(unknownFields in known).toBe(false);
    expect(() => encode(Choice, {})).toThrow("Choice.case: exactly one field must be set");
  });

  it("stand behind the known member of a union that has both", () => {
    const both = Buffer.from("0b0001000000016102000201" + "00", "hex");
    const passing = fromBinary(Choice, both);
    expect(passing).toMatchObject({ case: "text", value: "a" });
    expect(Buffer.from(toBinary(Choice, passing))).toEqual(both);
  });

  it("stand behind the known ones, as Kitex writes them", () => {
    const encoded = toBinary(Old, fromBinary(Old, toBinary(New, { text: "a", flag: true })));
    expect(Buffer.from(encoded).toString("hex")).toBe("0b000100000001610200020100");
  });

  it("go with exceptions", () => {
    const passing = fromBinary(Failed, toBinary(New, flat));
    expect(passing).toBeInstanceOf(Error);
    expect(fromBinary(New, toBinary(Failed, passing))).toEqual(flat);
  });

  it("are left out in another protocol", () => {
    const passing = fromBinary(Old, toBinary(New, flat));
    expect(fromCompact(New, toCompact(Old, passing))).toMatchObject({ text: "a", flag: undefined });
  });

  it("leave no trace when there are none, or when nobody asked", () => {
    expect(unknownFields in fromBinary(Old, toBinary(New, { text: "a" }))).toBe(false);
    const passing = fromBinary(Forgetful, toBinary(New, value));
    expect(unknownFields in passing).toBe(false);
    expect(fromBinary(New, toBinary(Forgetful, passing))).toMatchObject({ text: "a", flag: undefined });
  });

  it("outlive the buffer they came in", () => {
    const bytes = toBinary(New, flat);
    const passing = fromBinary(Old, bytes);
    bytes.fill(0xff);
    expect(fromBinary(New, toBinary(Old, passing))).toEqual(flat);
  });

  it("are checked as skipped ones are", () => {
    expect(() => fromBinary(Old, Buffer.from("0b0063" + "7fffffff" + "61", "hex"))).toThrow("message ends too early");
    expect(() => fromBinary(Old, Buffer.from("050063" + "00", "hex"))).toThrow("unknown data type 5");
  });
});
