import type { StructCodec } from "../codec.ts";
import type { StructDescriptor } from "../descriptor.ts";
import { methodStructs } from "../message/method-codec.ts";
import { type MethodDefinition, methodShape } from "../service-info.ts";
import type { WireProtocol } from "../wire-protocol.ts";
import { emitFactoryBody, factoryParameters } from "./factory.ts";

/** One export of a codec module: the code of a struct, union or exception, or of a method's messages. */
export type CodecModuleEntry =
  | { readonly name: string; readonly descriptor: StructDescriptor }
  | { readonly name: string; readonly method: MethodDefinition };

export interface CodecModuleOptions {
  readonly language: "ts" | "js";
  /** Where `ts` output takes its two types from: `kitex-ts/codegenv1`. */
  readonly runtime: string;
  /** Prints code for Thrift Compact too. It doubles the size; without it Compact still works, its code being made on first use or interpreted. */
  readonly compact?: boolean | undefined;
}

/**
 * Prints the code that would otherwise be made when a struct is first used, as a module with one export per entry. Hand a struct's export to its
 * descriptor as `codec`, a method's to its definition as `codecs`. For places that forbid code from strings, and for the quickest start.
 *
 * @throws TypeError when a name is no identifier
 */
export const emitCodecModule = (entries: readonly CodecModuleEntry[], options: CodecModuleOptions): string => {
  const isTypeScript = options.language === "ts";
  const print = options.compact === true ? factories : factory;
  const exports = entries.map((entry) => {
    if (!/^[A-Za-z_$][\w$]*$/.test(entry.name)) throw new TypeError(`${entry.name} cannot be the name of an export`);
    return "descriptor" in entry
      ? `export const ${entry.name}${isTypeScript ? ": CodecFactory" : ""} = ${print(entry.descriptor.codec, "")};`
      : methodExport(entry.name, entry.method, isTypeScript, print);
  });
  const head = isTypeScript
    ? `// @ts-nocheck Straight-line code without types; the exports have theirs.\nimport type { CodecFactory, MethodCodecs } from ${JSON.stringify(options.runtime)};\n\n`
    : "";
  return `${head}${exports.join("\n\n")}\n`;
};

type PrintFactory = (codec: StructCodec, indent: string, protocol?: WireProtocol) => string;

const factory: PrintFactory = (codec, indent, protocol = "binary") =>
  `(${factoryParameters.join(", ")}) => {\n${emitFactoryBody(codec.plan, protocol, `${indent}  `)}\n${indent}}`;

/** The factory for Binary, and as its property the one for Compact. */
const factories: PrintFactory = (codec, indent) =>
  `/*@__PURE__*/ Object.assign(${factory(codec, indent)}, {\n${indent}  compact: ${factory(codec, `${indent}  `, "compact")},\n${indent}})`;

const methodExport = (name: string, method: MethodDefinition, isTypeScript: boolean, print: PrintFactory): string => {
  const { args, result, success } = methodStructs(methodShape(method));
  const members = Object.entries({ args, result, success }).map(
    ([member, codec]) => `  ${member}: ${print(codec, "  ")},\n`,
  );
  return `export const ${name}${isTypeScript ? ": MethodCodecs" : ""} = {\n${members.join("")}};`;
};
