import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  annotationValue,
  annotationValues,
  type ConstValue,
  loadThrift,
  loadThriftSync,
  namespaceOf,
  packageNameOf,
  type ResolvedProgram,
  type ResolvedType,
} from "./index.ts";

const path = fileURLToPath(new URL("testdata/kitchen-sink.thrift", import.meta.url));
const program: ResolvedProgram = loadThriftSync(path);
const { entry } = program;

/** A type in one line, with typedef names in angle quotes. */
const show = (type: ResolvedType | { kind: "void" }): string => {
  if (type.kind === "void") return "void";
  const alias = type.typedefName === undefined ? "" : `‹${type.typedefName}›`;
  switch (type.kind) {
    case "list":
    case "set":
      return `${alias}${type.kind}<${show(type.element)}>`;
    case "map":
      return `${alias}map<${show(type.key)}, ${show(type.value)}>`;
    case "struct":
      return `${alias}${type.struct.kind} ${type.struct.name}`;
    case "enum":
      return `${alias}enum ${type.enum.name}`;
    default:
      return alias + type.kind;
  }
};

/** A value as plain data. */
const plain = (value: ConstValue | undefined): unknown => {
  switch (value?.kind) {
    case "list":
    case "set":
      return value.values.map(plain);
    case "map":
      return value.entries.map((each) => [plain(each.key), plain(each.value)]);
    case "struct":
      return Object.fromEntries(value.fields.map((each) => [each.field.name, plain(each.value)]));
    case "enum":
      return `${value.enum.name}.${value.member?.name ?? value.value}`;
    default:
      return value?.value;
  }
};

const structOf = (name: string) => {
  const found = entry.structs.find((struct) => struct.name === name);
  if (found === undefined) throw new Error(`no struct ${name}`);
  return found;
};

const functionOf = (name: string) => {
  const found = entry.services.flatMap((service) => service.functions).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
};

describe("the kitchen sink", () => {
  it("is equal when read without blocking", async () => {
    const again = await loadThrift(path);
    expect(again.files.map((file) => file.path)).toEqual(program.files.map((file) => file.path));
    expect(again.entry.document.definitions).toEqual(entry.document.definitions);
  });

  it("has its included files first and the entry last", () => {
    expect(program.files.map((file) => file.name)).toEqual(["shared", "dotted.name.v1", "kitchen-sink"]);
    expect(program.files.at(-1)).toBe(entry);
    expect(entry.includes.map(({ prefix, used }) => [prefix, used])).toEqual([
      ["shared", true],
      ["dotted.name.v1", true],
    ]);
    expect(entry.cppIncludes).toEqual(["<unordered_map>"]);
  });

  it("knows namespaces and package names", () => {
    expect(namespaceOf(entry, "js")).toBe("example.kitchen");
    expect(namespaceOf(entry, "rb")).toBe("example.any");
    expect(program.files.map(packageNameOf)).toEqual(["shared", "v1", "kitchensink"]);
    expect(entry.namespaces.find(({ scope }) => scope === "py.twisted")?.annotations).toMatchObject([{ key: "note" }]);
  });

  it("gives every constant its type and value", () => {
    const user = { id: 0n, name: "root", roles: ["admin"], home: { street: "none" } };
    const values = entry.constants.map(({ name, type, value }) => [name, show(type), plain(value)]);
    expect(values).toEqual([
      ["YES", "bool", true],
      ["ALSO_YES", "bool", true],
      ["TINY", "i8", -128],
      ["OLD_TINY", "i8", 127],
      ["SHORT", "i16", 32767],
      ["WIDE", "i32", 2147483647],
      ["HEX", "i32", -31],
      ["OCTAL", "i32", 15],
      ["LONG", "i64", 9223372036854775807n],
      ["LEAST", "i64", -9223372036854775808n],
      ["HALF", "double", 0.5],
      ["TINY_DOUBLE", "double", -0.0015],
      ["WHOLE", "double", 3],
      ["QUOTED", "string", 'it is "quoted"'],
      ["ESCAPED", "string", 'tab\tnewline\nquote"backslash\\hexAunicodeé😀octalA'],
      ["BYTES", "binary", Uint8Array.of(0, 255, 254)],
      ["TEXT_BYTES", "binary", Uint8Array.of(0xc3, 0xa9)],
      ["AGAIN", "i32", -31],
      ["PAGE", "i64", 500n],
      ["FAVOURITE", "enum Color", "Color.GREEN"],
      ["BY_NUMBER", "enum Color", "Color.BLUE"],
      ["COLOR_NUMBER", "i32", 7],
      ["LEVEL", "enum Level", "Level.HIGH"],
      ["SHADE", "enum Shade", "Shade.DARK"],
      ["TINTED", "‹Tint›enum Color", "Color.RED"],
      ["NUMBERS", "list<i32>", [1, 2, 3, -31]],
      ["NESTED", "list<list<string>>", [["a"], [], ["b", "hello"]]],
      ["GREETING", "string", "hello"],
      ["PALETTE", "set<enum Color>", ["Color.RED", "Color.BLUE"]],
      ["NOTHING", "set<i32>", []],
      [
        "AGES",
        "map<string, i32>",
        [
          ["ann", 30],
          ["bob", 40],
        ],
      ],
      [
        "MATRIX",
        "map<enum Color, list<double>>",
        [
          ["Color.RED", [1, 2, 0.5]],
          ["Color.GREEN", []],
        ],
      ],
      ["ROOT", "struct User", user],
      ["USERS", "list<struct User>", [user, { id: 1n, name: "guest" }]],
      ["CHOSEN", "union Choice", { number: 42 }],
    ]);
  });

  it("keeps which constant a value was written as", () => {
    const again = entry.constants.find(({ name }) => name === "AGAIN");
    expect(again?.value.constant?.name).toBe("HEX");
    const page = entry.constants.find(({ name }) => name === "PAGE");
    expect(page?.value.constant?.file.name).toBe("shared");
    expect(entry.constants.find(({ name }) => name === "HEX")?.value).not.toHaveProperty("constant");
  });

  it("looks through typedefs and keeps the outermost name", () => {
    expect(entry.typedefs.map(({ name, type }) => [name, show(type)])).toEqual([
      ["UserId", "i64"],
      ["OwnerId", "‹UserId›i64"],
      ["Directory", "map<‹UserId›i64, list<struct User>>"],
      ["Tint", "enum Color"],
      ["Tokens", "‹Tokens›list<‹Token›string>"],
      ["Digits", "string"],
    ]);
    const digits = entry.typedefs.find(({ name }) => name === "Digits");
    expect(annotationValue(digits?.type.annotations ?? [], "pattern")).toBe("\\d+");
    expect(annotationValue(digits?.annotations ?? [], "doc")).toBe("typedef");
  });

  it("numbers enum values", () => {
    const [color, empty] = entry.enums;
    expect(color?.values.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "RED=1",
      "GREEN=2",
      "BLUE=7",
      "NEGATIVE=-5",
      "AFTER=-4",
      "HEX=16",
    ]);
    expect(empty?.values).toEqual([]);
  });

  it("resolves the members of a struct", () => {
    const fields = structOf("User").fields.map(
      ({ id, name, requiredness, type, defaultValue }) =>
        `${id}: ${requiredness} ${show(type)} ${name}${defaultValue === undefined ? "" : ` = ${JSON.stringify(plain(defaultValue))}`}`,
    );
    expect(fields).toEqual([
      "1: required ‹UserId›i64 id",
      "2: required string name",
      "3: optional string email",
      '4: default list<string> roles = ["user"]',
      "5: default set<i32> numbers = [1,2]",
      "6: default map<string, struct Address> addresses",
      "7: optional struct Address home",
      "8: optional struct User friend",
      '9: default enum Color color = "Color.RED"',
      "10: default bool active = true",
      "11: default binary picture",
      "12: default double score = 1.5",
      "13: optional i32 retries = 3",
      "14: default i8 flags = 15",
      "15: optional struct Base base",
      "-1: default string legacy",
      "32767: default map<string, list<i32>> annotated",
    ]);
    const friend = structOf("User").fields[7]?.type;
    expect(friend?.kind === "struct" && friend.struct).toBe(structOf("User"));
  });

  it("gives missing field ids one more than the previous", () => {
    expect(structOf("Implicit").fields.map(({ id }) => id)).toEqual([1, 2, 7, 8]);
    expect(functionOf("many").arguments.map(({ id }) => id)).toEqual([1, 2, 5]);
  });

  it("makes members of unions and declared exceptions optional, and arguments not", () => {
    expect(structOf("Choice").fields.map(({ requiredness }) => requiredness)).toEqual(Array(3).fill("optional"));
    expect(functionOf("find").throws.map(({ requiredness }) => requiredness)).toEqual(["optional", "optional"]);
    expect(functionOf("many").arguments.map(({ requiredness }) => requiredness)).toEqual(Array(3).fill("default"));
    expect(functionOf("list_all").arguments[1]?.requiredness).toBe("required");
  });

  it("keeps annotations in order, with repeated keys, wherever they stand", () => {
    const user = structOf("User");
    expect(user.annotations.map(({ key, value }) => `${key}=${value}`)).toEqual([
      "message=user",
      "many=first",
      "many=second",
      "many=third",
      "bare=1",
    ]);
    expect(annotationValues(user.annotations, "many")).toEqual(["first", "second", "third"]);
    const annotated = user.fields.at(-1);
    expect(annotated?.annotations).toMatchObject([{ key: "field", value: "v" }]);
    const type = annotated?.type;
    expect(type?.annotations).toMatchObject([{ key: "outer" }]);
    if (type?.kind !== "map" || type.value.kind !== "list") throw new Error("expected a map of lists");
    expect(type.key.annotations).toMatchObject([{ key: "key" }]);
    expect(type.value.annotations).toMatchObject([{ key: "inner" }]);
    expect(type.value.element.annotations).toMatchObject([{ key: "item" }]);
    expect(entry.enums[0]?.annotations).toMatchObject([{ key: "open" }]);
    expect(entry.enums[0]?.values[0]?.annotations).toMatchObject([{ key: "hex", value: "#f00" }]);
    expect(functionOf("many").returnType).toMatchObject({ annotations: [{ key: "wrapped" }] });
    expect(functionOf("many").arguments[0]?.annotations).toMatchObject([{ key: "arg" }]);
    expect(annotationValues(entry.services[1]?.annotations ?? [], "owner")).toEqual(["us", "them"]);
    expect(entry.constants.find(({ name }) => name === "QUOTED")?.annotations).toMatchObject([{ key: "note" }]);
    expect(annotationValue(user.fields[1]?.annotations ?? [], "none")).toBeUndefined();
  });

  it("resolves services with everything they inherit", () => {
    const kitchen = entry.services.find(({ name }) => name === "Kitchen");
    expect(kitchen?.extends?.extends?.file.name).toBe("shared");
    expect(kitchen?.allFunctions.map(({ name, service }) => `${service.name}.${name}`)).toEqual([
      "Health.alive",
      "Base.ping",
      ...(kitchen?.functions.map(({ name }) => `Kitchen.${name}`) ?? []),
    ]);
    const shapes = kitchen?.functions.map(
      (each) =>
        `${each.oneway ? "oneway " : ""}${show(each.returnType)} ${each.name}(${each.arguments.map(({ type }) => show(type)).join(", ")})` +
        `${each.throws.length > 0 ? ` throws ${each.throws.map(({ type }) => show(type)).join(", ")}` : ""}` +
        `${each.streaming === undefined ? "" : ` [${each.streaming}]`}`,
    );
    expect(shapes).toEqual([
      "struct User find(‹UserId›i64) throws exception NotFound, exception Denied",
      "‹Directory›map<‹UserId›i64, list<struct User>> list_all(i32, i32)",
      "oneway void forget(‹OwnerId›i64)",
      "oneway void forget_old(‹UserId›i64)",
      "i32 many(i32, i32, i32)",
      "struct User chat(struct User) [bidirectional]",
      "struct User upload(struct User) [client]",
      "struct User watch(struct User) [server]",
      "struct User once(struct User) [unary]",
      "map<string, set<union Choice>> nested(list<map<i32, struct Tree>>)",
    ]);
  });

  it("attaches documentation", () => {
    expect(entry.doc).toBe("Everything the language has, in one file.");
    expect(entry.enums[0]?.doc).toBe("A colour.\n\n  - indented");
    expect(entry.enums[0]?.values.map(({ doc }) => doc)).toEqual([
      "The first.",
      "implied 2",
      ...Array(4).fill(undefined),
    ]);
    expect(structOf("Address").doc).toBe("An address.\nOf two lines.");
    expect(structOf("User").fields[3]?.doc).toBe("trailing");
    expect(entry.services.map(({ doc }) => doc)).toEqual([undefined, "The service.", undefined]);
    expect(functionOf("find").doc).toBe("Finds a user.");
    expect(functionOf("many").doc).toBe("last");
    expect(functionOf("chat").doc).toBe("streaming");
  });

  it("keeps what has no meaning here in the tree", () => {
    const nodes = entry.document.definitions.filter((node) => "fields" in node);
    const xml = nodes.find((node) => node.name.text === "XmlLeftovers");
    expect(xml?.xsdAll).toBe(true);
    expect(xml?.fields.map(({ xsd }) => xsd)).toMatchObject([
      { optional: true, nillable: true, attributes: [] },
      { optional: false, nillable: false, attributes: [{ name: { text: "lang" } }] },
    ]);
    const cpp = nodes.find((node) => node.name.text === "CppLeftovers");
    expect(cpp?.fields.map(({ type }) => "cppType" in type && type.cppType)).toEqual([
      "std::unordered_map",
      "std::deque",
      "std::deque",
      "std::set",
    ]);
    expect(nodes.find((node) => node.name.text === "Tree")?.fields[2]?.reference).toBe(true);
  });

  it("warns where peers may disagree, and about nothing else", () => {
    const found = program.diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
    expect(found).toEqual([
      "info TH1009 thriftgo reads -1.5E-3 as its exponent alone",
      "warning TH3007 the field id -1 is not positive",
      "warning TH3008 `first` has no field id and gets 1, as in Kitex; Apache Thrift would give a negative one",
      "info TH1015 XML schema options have no meaning in kitex-ts",
      "info TH1015 XML schema options have no meaning in kitex-ts",
      "info TH1015 XML schema options have no meaning in kitex-ts",
      "info TH1015 `async` is an old spelling of `oneway`",
      "warning TH3008 `b` has no field id and gets 2, as in Kitex; Apache Thrift would give a negative one",
      "warning TH5008 `optional` has no effect on an argument",
    ]);
  });
});
