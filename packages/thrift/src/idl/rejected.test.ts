import { describe, expect, it } from "vitest";
import { IdlError, loadThriftSync, memoryReader } from "./index.ts";

const included = "struct X { 1: i32 x }\nconst i32 C = 1\nenum E { V = 3 }\nservice Y { void y() }";

/** The errors as `code line:column-endColumn message`, then the hint behind ` ~ `. */
const errorsOf = (text: string): string[] => {
  const reader = memoryReader({ "main.thrift": text, "x.thrift": included, "a/x.thrift": "struct X {}" });
  try {
    loadThriftSync("main.thrift", { reader });
  } catch (error) {
    if (!(error instanceof IdlError)) throw error;
    return error.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(
        ({ code, line, column, endColumn, message, hint }) =>
          `${code} ${line}:${column}-${endColumn} ${message}${hint === undefined ? "" : ` ~ ${hint}`}`,
      );
  }
  return [];
};

/**
 * Texts and everything that is wrong with them. Most are refused by thriftgo 0.4.5 or Apache Thrift 0.17 as well; what both
 * let pass loses data or ends in code that does not compile.
 */
const rejected: readonly (readonly [text: string, ...errors: string[]])[] = [
  ["struct A { 1: i32 a,, 2: i32 b }", "TH1012 1:21-22 a second separator `,` ~ remove it"],
  ["struct A { , }", "TH1010 1:12-13 expected a type, found `,`"],
  ["struct A {}; struct B {}", "TH1012 1:12-13 `;` is not allowed here ~ remove it"],
  ["struct A {} ,", "TH1012 1:13-14 `,` is not allowed here ~ remove it"],
  ['include "x.thrift";', "TH1012 1:19-20 `;` is not allowed here ~ remove it"],
  ["namespace go a.b;", "TH1012 1:17-18 `;` is not allowed here ~ remove it"],
  ['senum E { "a" }', "TH1010 1:1-6 `senum` was removed from Thrift ~ use `enum`, or a typedef of `string`"],
  ["typedef slist T", "TH1014 1:9-14 `slist` was removed from Thrift ~ use `string`"],
  ["strcut A {}", "TH1010 1:1-7 `strcut` begins no definition ~ did you mean `struct`?"],
  [
    "x",
    "TH1010 1:1-2 `x` begins no definition ~ definitions begin with const, typedef, enum, struct, union, exception, service",
  ],
  [
    "@",
    "TH1001 1:1-2 `@` is not a name ~ names are made of ASCII letters, digits and `_`, and do not begin with a digit",
  ],
  [
    "{",
    "TH1010 1:1-2 `{` begins no definition ~ definitions begin with const, typedef, enum, struct, union, exception, service",
  ],
  ["}", "TH1010 1:1-2 `}` closes nothing ~ remove it"],
  ["struct A { 1: i32 a }}", "TH1010 1:22-23 `}` closes nothing ~ remove it"],
  ["struct A {\n  1: i32 a\n\nstruct B {}", "TH1016 1:10-11 the `{` of struct `A` is never closed ~ add `}`"],
  ["struct A", "TH1010 1:9-10 expected `{` to begin struct `A`, found the end of the file ~ add `{`"],
  ["struct A 1: i32 a }", "TH1010 1:10-11 expected `{` to begin struct `A`, found `1` ~ add `{`"],
  ["struct { 1: i32 a }", "TH1010 1:8-9 expected a struct name, found `{`"],
  ["struct A extends B {}", "TH1010 1:10-17 a struct cannot extend another ~ give it a field of that type"],
  [
    "struct A.b { 1: i32 a }",
    "TH1013 1:8-11 the struct name `A.b` has a dot in it ~ write `b`; dots only appear in references",
  ],
  [
    "struct A { 1: i32 a.b }",
    "TH1013 1:19-22 the field name `a.b` has a dot in it ~ write `b`; dots only appear in references",
  ],
  ["struct A { 1: i32 a- }", "TH1001 1:20-21 unexpected `-` ~ remove it"],
  [
    "struct A-b {}",
    "TH1001 1:8-11 `A-b` is not a name ~ names are made of ASCII letters, digits and `_`, and do not begin with a digit",
  ],
  ["struct 1A {}", "TH1010 1:8-9 expected a struct name, found `1` ~ names do not begin with a digit"],
  [
    "struct é {}",
    "TH1001 1:8-9 `é` is not a name ~ names are made of ASCII letters, digits and `_`, and do not begin with a digit",
  ],
  ["struct A { 1: i32 1a }", "TH1010 1:19-20 expected a field name, found `1` ~ names do not begin with a digit"],
  ["struct A { 1 i32 a }", "TH1010 1:14-17 expected `:` after the field id, found `i32` ~ write `1: type name`"],
  ["struct A {\n  1: i32\n  2: i32 b\n}", "TH1010 2:9-10 expected a field name"],
  ["struct A { a: i32 b }", "TH1010 1:12-13 the field id `a` is not a number ~ write `1: type name`"],
  ["struct A { name, 2: i32 b }", "TH1010 1:16-17 the field `name` has no type ~ write `type name`"],
  ["struct A { 1.5: i32 a }", "TH1010 1:12-15 expected a type, found `1.5`"],
  ["struct A { 1: i32 a = }", "TH1010 1:23-24 expected a value, found `}`"],
  [
    "struct A { 1: optional required i32 a }",
    "TH1010 1:24-32 `required` after `optional` ~ a field is either required or optional",
  ],
  ["struct A { 1: i32[] a }", "TH1010 1:18-19 expected a field name, found `[`"],
  ["struct A { 1: i32? a }", "TH1001 1:18-19 unexpected `?` ~ remove it"],
  [
    "struct A { 1: map<string> a }",
    "TH1010 1:25-26 expected `,` between the key and value type of a map, found `>` ~ write `map<key, value>`",
  ],
  [
    "struct A { 1: map<i32; i32> a }",
    "TH1010 1:22-23 expected `,` between the key and value type of a map, found `;` ~ write `map<key, value>`",
  ],
  ["struct A { 1: list<> a }", "TH1010 1:20-21 expected a type, found `>`"],
  ["struct A { 1: list<i32, i32> a }", "TH1010 1:23-24 a `list` has one type parameter ~ use `map` for pairs"],
  ["struct A { 1: Foo<i32> a }", "TH1010 1:15-18 `Foo` takes no type parameters ~ only `list`, `set` and `map` do"],
  ["struct A { 1: list<i32 a }", "TH1010 1:24-25 expected `>` in the type `list`, found `a` ~ add `>`"],
  ["struct A { 1: list<i32>> a }", "TH1010 1:24-25 expected a field name, found `>`"],
  ['struct A { 1: i32 a (a="b",,c="d") }', "TH1012 1:28-29 a second separator `,` ~ remove it"],
  [
    'struct A { 1: i32 a (a-b="b") }',
    "TH1001 1:22-25 `a-b` is not a name ~ names are made of ASCII letters, digits and `_`, and do not begin with a digit",
  ],
  [
    "struct A { 1: i32 a (a=5) }",
    "TH1010 1:24-25 expected a text as the value of an annotation, found `5` ~ put it in quotes",
  ],
  ['struct A { 1: i32 a (a="b" }', "TH1010 1:28-29 expected `)` to close the annotations, found `}` ~ add `)`"],
  [
    'struct A { 1: i32 a } include "x.thrift"',
    "TH1011 1:23-41 `include` after a definition ~ move it above the first definition",
  ],
  [
    "struct A { 1: i32 a } namespace go x",
    "TH1011 1:23-37 `namespace` after a definition ~ move it above the first definition",
  ],
  ["namespace go", "TH1010 1:13-14 expected a namespace, found the end of the file"],
  ['namespace go "a"', 'TH1010 1:14-17 expected a namespace, found the text "a"'],
  [
    "namespace go a-b",
    "TH1001 1:14-17 `a-b` is not a name ~ names are made of ASCII letters, digits and `_`, and do not begin with a digit",
  ],
  ["include x", "TH1010 1:9-10 expected the path of the included file, found `x` ~ put it in quotes"],
  ["/* never", "TH1003 1:1-3 this comment is never closed ~ add `*/`"],
  ['const string S = "never', 'TH1002 1:18-24 this string is never closed ~ add "'],
  [
    'const string S = "a\\qb"',
    "TH1004 1:20-22 `\\q` is not an escape ~ write \\\\ for a backslash; escapes are those of Go, such as \\n, \\x41 and \\u00e9",
  ],
  [
    'const string S = "\\ud800 \\400 \\xg"',
    "TH1004 1:19-21 `\\u` is not an escape ~ write \\\\ for a backslash; escapes are those of Go, such as \\n, \\x41 and \\u00e9",
    "TH1004 1:26-28 `\\4` is not an escape ~ write \\\\ for a backslash; escapes are those of Go, such as \\n, \\x41 and \\u00e9",
    "TH1004 1:31-33 `\\x` is not an escape ~ write \\\\ for a backslash; escapes are those of Go, such as \\n, \\x41 and \\u00e9",
  ],
  ['const string S = "\\xff"', "TH4002 1:18-24 the text is not UTF-8; only a `binary` can hold such bytes"],
  ["const i32 A = 1.", "TH1006 1:15-17 `1.` has no digits after its point ~ write 1.0"],
  ["const i32 A = 0x", "TH1006 1:15-17 a hexadecimal number is `0x` and digits"],
  ["const i32 A = 0XFF", "TH1006 1:15-17 a hexadecimal number is `0x` and digits"],
  ["const i32 A = --5", "TH1001 1:15-16 unexpected `-` ~ remove it"],
  ["const i64 A = 9223372036854775808", "TH1007 1:15-34 9223372036854775808 does not fit into 64 bits"],
  ["const i64 A = 0xFFFFFFFFFFFFFFFF", "TH1007 1:15-33 0xFFFFFFFFFFFFFFFF does not fit into 64 bits"],
  ["const double A = 1e999", "TH1007 1:18-23 1e999 does not fit into a double"],
  ["const i32 A", "TH1010 1:12-13 expected `=` and a value, found the end of the file ~ add `=`"],
  ["const A = 5", "TH1010 1:9-10 expected a constant name, found `=`"],
  ["const i32 A 5", "TH1010 1:13-14 expected `=` and a value, found `5` ~ add `=`"],
  ["const list<i32> A = [1,,2]", "TH1012 1:24-25 a second separator `,` ~ remove it"],
  ["const list<i32> A = [1: 2]", "TH1010 1:23-24 expected `,` or `]` in a list, found `:` ~ use `{` and `}` for a map"],
  ["const list<i32> A = [1, 2\nconst i32 B = 1", "TH1010 1:26-27 expected `]` to close the list ~ add `]`"],
  [
    'const map<string, i32> A = {"a" = 1}',
    "TH1010 1:33-34 expected `:` after a map key, found `=` ~ write `key: value`; lists and sets use `[` and `]`",
  ],
  [
    'const map<string, i32> A = {"a": 1',
    "TH1010 1:35-36 expected `}` to close the map, found the end of the file ~ add `}`",
  ],
  [
    "enum E { A = 1, B = 1 }",
    "TH3012 1:21-22 `B` has the same number 1 as `A` ~ give it its own number, or set `allowEnumAlias`",
  ],
  ["enum E { A = 1, A = 2 }", "TH3011 1:17-18 the enum already has a value `A` at line 1 ~ rename one of them"],
  ["enum E { A = 2147483648 }", "TH3013 1:14-24 2147483648 does not fit into 32 bits ~ enums are i32 on the wire"],
  ["enum E { A = 2147483647, B }", "TH3013 1:26-27 2147483648 does not fit into 32 bits ~ enums are i32 on the wire"],
  ["enum E { A = -2147483649 }", "TH3013 1:14-25 -2147483649 does not fit into 32 bits ~ enums are i32 on the wire"],
  ["enum E { A = 1.5 }", "TH1010 1:14-17 expected an integer as the number of an enum value, found `1.5`"],
  ["enum E { A: 1 }", "TH1010 1:11-12 expected `=`, found `:` ~ write `A = 1`"],
  ["enum E { 1 }", "TH1010 1:10-11 expected an enum value, found `1`"],
  [
    "enum E { A.B = 1 }",
    "TH1013 1:10-13 the enum value `A.B` has a dot in it ~ write `B`; dots only appear in references",
  ],
  [
    "struct A { 32768: i32 a }",
    "TH3006 1:12-17 the field id 32768 does not fit into 16 bits ~ use an id from 1 to 32767",
  ],
  [
    "struct A { -32769: i32 a }",
    "TH3006 1:12-18 the field id -32769 does not fit into 16 bits ~ use an id from 1 to 32767",
  ],
  [
    "struct A { 32767: i32 a, i32 b }",
    "TH3006 1:30-31 the field id 32768 does not fit into 16 bits ~ use an id from 1 to 32767",
  ],
  [
    "struct A { 1: i32 a, 1: i32 b, 2: i32 c, 2: i32 d }",
    "TH3004 1:22-23 the field id 1 is already used by `a` ~ use 2, or another free id",
    "TH3004 1:42-43 the field id 2 is already used by `c` ~ use 3, or another free id",
  ],
  ["struct A { 1: i32 a, 2: i32 a }", "TH3005 1:29-30 the name `a` is already used at line 1 ~ rename one of them"],
  ["struct A { 1: void a }", "TH3003 1:15-19 `void` is a return type only ~ name a type, or remove the member"],
  ["struct A { 1: list<void> a }", "TH3003 1:20-24 `void` is a return type only ~ name a type, or remove the member"],
  ["struct A { 1: list a }", "TH2008 1:15-19 `list` needs type parameters ~ write `list<type>`"],
  ["struct A { 1: Stirng a }", "TH2008 1:15-21 undefined type `Stirng` ~ did you mean `string`?"],
  [
    "struct A { 1: string a } struct Addres { 1: Address a }",
    "TH2008 1:45-52 undefined type `Address` ~ did you mean `Addres`?",
  ],
  ["struct Address {} struct A { 1: Adress a }", "TH2008 1:33-39 undefined type `Adress` ~ did you mean `Address`?"],
  [
    "struct A { 1: int a, 2: Boolean b, 3: float c, 4: bytes d }",
    "TH2008 1:15-18 undefined type `int` ~ did you mean `i32`?",
    "TH2008 1:25-32 undefined type `Boolean` ~ did you mean `bool`?",
    "TH2008 1:39-44 undefined type `float` ~ did you mean `double`?",
    "TH2008 1:51-56 undefined type `bytes` ~ did you mean `binary`?",
  ],
  ["struct A { 1: uuid a }", "TH3002 1:15-19 Kitex has no type `uuid` ~ use `string`, or `binary` for the 16 bytes"],
  [
    "struct A { 1: S s } service S {}",
    "TH2009 1:15-16 `S` is a service, not a type ~ name a typedef, enum, struct, union or exception",
  ],
  [
    "struct A { 1: C s } const i32 C = 1",
    "TH2009 1:15-16 `C` is a const, not a type ~ name a typedef, enum, struct, union or exception",
  ],
  ['include "x.thrift" struct A { 1: X a }', "TH2008 1:34-35 undefined type `X` ~ did you mean `x.X`?"],
  [
    'include "x.thrift" struct A { 1: x.Y a }',
    "TH2009 1:34-37 `x.Y` is a service, not a type ~ name a typedef, enum, struct, union or exception",
  ],
  [
    'include "x.thrift" struct A { 1: x.Xx a }',
    "TH2008 1:34-38 undefined type `x.Xx` ~ `x.thrift` does not define it; includes of includes are not visible",
  ],
  [
    'include "x.thrift" struct A { 1: x.Nothing a }',
    "TH2008 1:34-43 undefined type `x.Nothing` ~ `x.thrift` does not define it; includes of includes are not visible",
  ],
  ['include "x.thrift" struct A { 1: xx.X a }', "TH2008 1:34-38 undefined type `xx.X` ~ add an include of `xx.thrift`"],
  ["struct A { 1: y.X a }", "TH2008 1:15-18 undefined type `y.X` ~ add an include of `y.thrift`"],
  [
    'include "x.thrift" include "a/x.thrift" struct A { 1: x.X a }',
    "TH2006 1:55-58 `x.X` is defined by several included files with that prefix ~ rename one of the files",
  ],
  [
    'include "nope.thrift"',
    "TH2001 1:9-22 cannot find the included file `nope.thrift` ~ looked for `nope.thrift`; add an include directory",
  ],
  ['include ""', "TH2001 1:9-11 the path is empty ~ name a file"],
  [
    "struct A {} struct A {}",
    "TH2007 1:20-21 `A` is defined twice; it is already a struct at line 1 ~ rename one of them",
  ],
  [
    "struct A {}\nenum A {}",
    "TH2007 2:6-7 `A` is defined twice; it is already a struct at line 1 ~ rename one of them",
  ],
  [
    "const i32 A = 1 struct A {}",
    "TH2007 1:24-25 `A` is defined twice; it is already a const at line 1 ~ rename one of them",
  ],
  ["typedef A A", "TH3001 1:11-12 the typedef refers to itself: A -> A ~ a recursive type needs a struct in between"],
  [
    "typedef B A typedef list<C> B typedef A C",
    "TH3001 1:11-12 the typedef refers to itself: A -> B -> C -> A ~ a recursive type needs a struct in between",
  ],
  [
    "union U { 1: i32 a = 1, 2: i32 b = 2 }",
    "TH3015 1:36-37 a union has at most one default value ~ remove all but one",
  ],
  [
    'struct A { 1: i32 a = "x", 2: string b = 5 }',
    "TH4002 1:23-26 expected a value of type `i32`, found a text",
    "TH4002 1:42-43 expected a value of type `string`, found an integer",
  ],
  ['const bool A = "true"', "TH4002 1:16-22 expected a value of type `bool`, found a text"],
  ["const i32 A = 1.5", "TH4002 1:15-18 expected a value of type `i32`, found a number with a fraction"],
  ["const string A = true", "TH4002 1:18-22 expected a value of type `string`, found `true`"],
  ["const string A = hello", 'TH4001 1:18-23 undefined value `hello` ~ put a text in quotes: "hello"'],
  ["const i32 A = 9999999999", "TH4003 1:15-25 9999999999 does not fit into `i32`"],
  ["const i8 A = 128", "TH4003 1:14-17 128 does not fit into `i8`"],
  ["const i16 A = -32769", "TH4003 1:15-21 -32769 does not fit into `i16`"],
  [
    "const list<i32> A = 5",
    "TH4002 1:21-22 expected a value of type `list<i32>`, found an integer ~ write `[value, …]`",
  ],
  [
    "const list<i32> A = {1: 2}",
    "TH4002 1:21-27 expected a value of type `list<i32>`, found a map ~ write `[value, …]`",
  ],
  [
    "const map<string, i32> A = [1]",
    "TH4002 1:28-31 expected a value of type `map<string, i32>`, found a list ~ write `{key: value, …}`",
  ],
  ["const i32 A = [1]", "TH4002 1:15-18 expected a value of type `i32`, found a list"],
  ['const list<map<string, i32>> A = [{"a": "b"}]', "TH4002 1:41-44 expected a value of type `i32`, found a text"],
  ["const i32 A = A", "TH4005 1:11-12 the constant refers to itself: A -> A ~ write one of the values out"],
  [
    "const i32 A = B const i32 B = C const i32 C = A",
    "TH4005 1:11-12 the constant refers to itself: A -> B -> C -> A ~ write one of the values out",
  ],
  [
    "struct A { 1: A a = {} }",
    "TH4011 1:17-18 the value of A.a never ends: A.a -> A.a ~ leave a default out, or make a member optional",
  ],
  [
    'struct A { 1: i32 x 2: list<B> b = [{}] } struct B { 1: map<string, U> u = {"k": {"a": {"x": 1}}} } union U { 1: A a }',
    "TH4011 1:32-33 the value of A.b never ends: A.b -> B.u -> A.b ~ leave a default out, or make a member optional",
  ],
  [
    "struct A { 1: required A a } const A X = {}",
    "TH4011 1:26-27 the value of A.a never ends: A.a -> A.a ~ leave a default out, or make a member optional",
  ],
  ["const i32 LIMIT = 1 const i32 A = LIMT", "TH4001 1:35-39 undefined value `LIMT` ~ did you mean `LIMIT`?"],
  ["enum E { RED = 1 } const E A = RED", "TH4001 1:32-35 undefined value `RED` ~ did you mean `E.RED`?"],
  ["enum E { RED = 1 } const E A = E.GREEN", "TH4001 1:32-39 undefined value `E.GREEN` ~ the values of `E` are RED"],
  [
    'enum E { RED = 1 } const E A = "RED"',
    "TH4002 1:32-37 expected a value of type `E`, found a text ~ write `E.NAME`",
  ],
  [
    "enum E { RED = 1 } const E A = 9999999999",
    "TH4003 1:32-42 9999999999 does not fit into 32 bits ~ enums are i32 on the wire",
  ],
  ["enum E { X = 1 } enum F { Y = 1 } const E A = F.Y", "TH4002 1:47-50 `F.Y` is of type `F`, not `E`"],
  ['include "x.thrift" const x.E A = x.E.W', "TH4001 1:34-39 undefined value `x.E.W` ~ the values of `E` are V"],
  [
    'include "x.thrift" enum x { C } const i32 A = x.C',
    "TH4004 1:47-50 `x.C` may be read as the constant of `x.thrift` or a value of enum `x` ~ rename one of them",
  ],
  ["const double D = 5 const i32 X = D", "TH4002 1:34-35 `D` is of type `double`, not `i32`"],
  ["const i32 X = 300 const i8 Y = X", "TH4003 1:32-33 `X` is of type `i32`, not `i8`: 300 does not fit into `i8`"],
  ['const string B = "1" const i32 A = B', "TH4002 1:36-37 `B` is of type `string`, not `i32`"],
  ["const list<i32> B = [1] const list<i64> A = B", "TH4002 1:45-46 `B` is of type `list<i32>`, not `list<i64>`"],
  [
    'struct S { 1: i32 count } const S A = {"coutn": 1}',
    "TH4006 1:40-47 struct `S` has no member `coutn` ~ did you mean `count`?",
  ],
  [
    "struct S { 1: i32 a } const S A = {a: 1}",
    "TH4006 1:36-37 a member of struct `S` is named by a text, not by `a` ~ put the name of the member in quotes",
  ],
  [
    "struct S { 1: i32 a } const S A = 5",
    'TH4002 1:35-36 expected a value of type `S`, found an integer ~ write `{"member": value, …}`',
  ],
  [
    'union U { 1: i32 a, 2: i32 b } const U A = {"a": 1, "b": 2}',
    "TH4002 1:44-60 a union value has exactly one member, this one has 2",
  ],
  ["union U { 1: i32 a } const U A = {}", "TH4002 1:34-36 a union value has exactly one member, this one has 0"],
  ["service S { a() }", "TH1010 1:13-14 the function `a` has no return type ~ write `void` if it returns nothing"],
  [
    "service S { get(1: i32 x) }",
    "TH1010 1:13-16 the function `get` has no return type ~ write `void` if it returns nothing",
  ],
  ["service S { void a( }", "TH1010 1:21-22 expected `)` to close the arguments of `a`, found `}` ~ add `)`"],
  [
    "service S {\n  void a(1: i32 x\n  void b()\n}",
    "TH1010 2:18-19 expected `)` to close the arguments of `a` ~ add `)`",
  ],
  [
    "service S { void a() throws }",
    "TH1010 1:29-30 expected `(` to begin the exceptions after `throws`, found `}` ~ add `(`",
  ],
  ['service S { void (x="y") a() }', "TH1010 1:18-19 expected a function name, found `(`"],
  ["service S { oneway i32 a() }", "TH5005 1:20-23 `a` is oneway and cannot return anything ~ return `void`"],
  [
    "exception X {} service S { oneway void a() throws (1: X x) }",
    "TH5006 1:52-58 `a` is oneway and cannot throw; nobody would receive it ~ remove `throws`, or remove `oneway`",
  ],
  [
    "struct X {} service S { void a() throws (1: X x, 2: i32 y) }",
    "TH5007 1:45-46 `x` is not an exception ~ only types declared with `exception` can be thrown",
    "TH5007 1:53-56 `y` is not an exception ~ only types declared with `exception` can be thrown",
  ],
  [
    "exception X {} service S { i32 a() throws (0: X x) }",
    "TH3004 1:44-45 the id 0 of an exception is taken by the result of the function ~ use an id from 1 on",
  ],
  [
    "service S { void a(1: i32 x, 1: i32 y, 2: i32 x) }",
    "TH3004 1:30-31 the field id 1 is already used by `x` ~ use 2, or another free id",
    "TH3005 1:47-48 the name `x` is already used at line 1 ~ rename one of them",
  ],
  [
    "service S { void a(),\n void a() }",
    "TH5003 2:7-8 the service already has a function `a` at line 1 ~ rename one of them",
  ],
  [
    "service A { void a() } service B extends A { void a() }",
    "TH5004 1:51-52 `a` is already a function of the extended service `A` ~ rename it; functions cannot be redefined",
  ],
  ["service B extends A {}", "TH5001 1:19-20 undefined service `A`"],
  ["struct A {} service B extends A {}", "TH5001 1:31-32 `A` is a struct, not a service"],
  ["service Alpha {} service B extends Alhpa {}", "TH5001 1:36-41 undefined service `Alhpa` ~ did you mean `Alpha`?"],
  [
    'include "x.thrift" service S extends x.Z {}',
    "TH5001 1:38-41 undefined service `x.Z` ~ `x.thrift` does not define it; includes of includes are not visible",
  ],
  ["service B extends B {}", "TH5002 1:19-20 the service extends itself: B -> B ~ remove one `extends`"],
  [
    "service A extends B {} service B extends C {} service C extends A {}",
    "TH5002 1:19-20 the service extends itself: A -> B -> C -> A ~ remove one `extends`",
  ],
  [
    'struct R {} service S { R a(1: R r) (streaming.mode="duplex") }',
    'TH5009 1:38-61 unknown streaming mode `duplex` ~ use one of "bidirectional", "client", "server", "unary"',
  ],
  [
    'struct R {} service S { R a(1: R r) (streaming.mode="client", streaming.mode="server") }',
    "TH5009 1:63-86 `streaming.mode` is given twice ~ keep one of them",
  ],
  [
    'struct R {} service S { R a() (streaming.mode="unary") }',
    "TH5010 1:27-28 the streaming function `a` must have exactly one argument ~ put several values into a struct",
  ],
  [
    'struct R {} service S { void a(1: R r) (streaming.mode="server") }',
    "TH5010 1:30-31 the streaming function `a` must return a struct ~ wrap the result in a struct",
  ],
  [
    'struct R {} service S { R a(1: string r) (streaming.mode="client") }',
    "TH5010 1:27-28 the streaming function `a` must take a struct ~ wrap the argument in a struct",
  ],
  [
    'struct R {} exception X {} service S { R a(1: R r) throws (1: X x) (streaming.mode="bidirectional") }',
    "TH5010 1:42-43 the streaming function `a` cannot declare exceptions ~ remove `throws`; streams end with a status instead",
  ],
  [
    'service S { oneway void a(1: i32 x) (streaming.mode="unary") }',
    "TH5010 1:25-26 the streaming function `a` cannot be oneway ~ remove `oneway`",
  ],
  ["struct A { 1: i32 a ) 2: i32 b ] }", "TH1010 1:21-22 expected a type, found `)`"],
  ["const i32 a = 1 } struct A { 1: B b }", "TH1010 1:17-18 `}` closes nothing ~ remove it"],
  [
    "service S { void a() throws (1: i32 x }",
    "TH1010 1:39-40 expected `)` to close the exceptions after `throws`, found `}` ~ add `)`",
  ],
  [
    'enum E { A = 1 B C = "x" D }',
    'TH1010 1:22-25 expected an integer as the number of an enum value, found the text "x"',
  ],
  ["exception X xsd_all {}", "TH1010 1:13-20 expected `{` to begin exception `X`, found `xsd_all` ~ add `{`"],
  [
    'include "x.thrift" struct Abc {} struct B { 1: x.Abd a, 2: xyz.Abc b, 3: Acb c }',
    "TH2008 1:48-53 undefined type `x.Abd` ~ `x.thrift` does not define it; includes of includes are not visible",
    "TH2008 1:60-67 undefined type `xyz.Abc` ~ add an include of `xyz.thrift`",
    "TH2008 1:74-77 undefined type `Acb` ~ did you mean `Abc`?",
  ],
  [
    'include "main.thrift" struct A { 1: main.B b }',
    "TH2008 1:37-43 undefined type `main.B` ~ `main.thrift` does not define it; includes of includes are not visible",
  ],
  [
    'const string LIMIT = "x" const i32 A = LIMITS const bool B = ture',
    "TH4001 1:40-46 undefined value `LIMITS` ~ did you mean `LIMIT`?",
    "TH4001 1:62-66 undefined value `ture` ~ did you mean `true`?",
  ],
  ["struct A { 1: i32 a = = 1 }", "TH1010 1:23-24 expected a value, found `=`"],
  ["const i32 A = (1)", "TH1010 1:15-16 expected a value, found `(`"],
  [
    "const double A = 1.5.5",
    "TH1010 1:21-23 `.5` begins no definition ~ definitions begin with const, typedef, enum, struct, union, exception, service",
  ],
  ["service S { 1: void f() }", "TH1010 1:13-14 expected a type, found `1`"],
  ["service S { f() }", "TH1010 1:13-14 the function `f` has no return type ~ write `void` if it returns nothing"],
  [
    "@x struct A {}",
    "TH1001 1:1-3 `@x` is not a name ~ names are made of ASCII letters, digits and `_`, and do not begin with a digit",
  ],
  ["struct A { 1: float a }", "TH2008 1:15-20 undefined type `float` ~ did you mean `double`?"],
  [
    "service S {} struct A { 1: S s }",
    "TH2009 1:28-29 `S` is a service, not a type ~ name a typedef, enum, struct, union or exception",
  ],
];

describe("loadThrift() rejects", () => {
  it.each(rejected)("%s", (text, ...errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });
});
