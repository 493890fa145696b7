import { describe, expect, it } from "vitest";
import { backends, onBackend, type Printed } from "../test/support/backends.ts";
import { fromBinary, toBinary } from "./binary.ts";
import { fromCompact, toCompact } from "./compact.ts";
import type { StructDescriptor } from "./descriptor.ts";
import { exceptionClass } from "./exception-class.ts";
import { unknownFields } from "./runtime/unknown-fields.ts";
import { structDescriptor } from "./struct-descriptor.ts";

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
  return { Old, Forgetful, Failed };
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
  const { Old, Forgetful, Failed } = await onBackend(makeSchema, backend);

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
