import { describe, expect, it } from "vitest";
import { fromBinary, toBinary } from "./binary.ts";
import { type ExceptionClass, exceptionClass } from "./exception-class.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { ThriftException } from "./thrift-exception.ts";

interface Odd extends ThriftException {
  message_: number;
  stack_: string;
  cause_: string;
  tags: string[];
}
const Odd: ExceptionClass<Odd, { message_: number; stack_: string; cause_: string; tags?: readonly string[] }> =
  exceptionClass("Odd", [
    [1, "message", "i32"],
    [2, "stack", "string"],
    [3, "cause", "string"],
    [4, "tags", ["list", "string"]],
  ]);

interface Quiet extends ThriftException {
  code: number;
}
const Quiet: ExceptionClass<Quiet, { message?: string; code: number }> = exceptionClass("Quiet", [
  [1, "message", "string", 2],
  [2, "code", "i32", 1],
]);

describe("exceptionClass()", () => {
  it("keeps what an error has apart from fields of the same name", () => {
    const error = new Odd({ message_: 5, stack_: "s", cause_: "c" });
    expect(error.message).toBe("");
    expect(error.stack).toContain("exception-class.test.ts");
    expect(error.cause).toBeUndefined();
    const decoded = fromBinary(Odd, toBinary(Odd, error));
    expect(Object.fromEntries(Object.entries(decoded))).toEqual({ message_: 5, stack_: "s", cause_: "c", tags: [] });
  });

  it("sends an optional message only when there is one", () => {
    expect(toBinary(Quiet, new Quiet({ code: 1 }))).toEqual(toBinary(Quiet, new Quiet({ code: 1, message: "" })));
    expect(toBinary(Quiet, new Quiet({ code: 1 }))).toHaveLength(8);
    expect(fromBinary(Quiet, toBinary(Quiet, new Quiet({ code: 1, message: "m" }))).message).toBe("m");
    expect(new Quiet({ code: 1 }).message).toBe("");
  });

  it("is its own descriptor", () => {
    expect(Quiet.kind).toBe("exception");
    expect(Quiet.name).toBe("Quiet");
    expect(Quiet.fields.map((field) => field.name)).toEqual(["message", "code"]);
    expect(Quiet.create({ code: 2 })).toBeInstanceOf(Quiet);
  });

  it("shares nothing with what it is made from", () => {
    const tags = ["a"];
    const error = new Odd({ message_: 1, stack_: "", cause_: "", tags });
    tags.push("b");
    expect(error.tags).toEqual(["a"]);
  });

  it("refuses to be made without a required field", () => {
    expect(() => new Quiet({} as never)).toThrow(InvalidValueError);
    expect(() => new Quiet({} as never)).toThrow("Quiet.code: required field is not set");
  });

  it("can be extended", () => {
    class Louder extends Quiet {
      readonly volume: number = 11;
    }
    const louder = new Louder({ code: 1, message: "!" });
    expect(louder).toBeInstanceOf(Quiet);
    expect(louder).toBeInstanceOf(ThriftException);
    expect(louder.volume).toBe(11);
    expect(String(louder)).toBe("Quiet: !");
  });
});
