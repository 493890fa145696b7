import type { ResolvedFile } from "@kitex-ts/thrift/idl";
import { type CodecModuleEntry, emitCodecModule } from "@kitex-ts/thrift/internal";
import { Descriptors } from "../model/descriptors.ts";
import { methodNames } from "../names/method-name.ts";
import { isGenerated } from "./generated-methods.ts";
import type { Generation } from "./generation.ts";
import { headOf } from "./head.ts";

/** Where the codecs of a module are: `greet.codec.ts` beside `greet.ts`. */
export const codecPath = (path: string): string => path.replace(/\.ts$/, ".codec.ts");

/** What a struct's codec is called there. The suffix keeps a struct called `Map` from hiding what the code in that module uses. */
export const structCodecName = (name: string): string => `${name}Codec`;

/** What a method's codecs are called there; no struct has such a name. */
export const methodCodecName = (service: string, property: string): string => `${service}$${property}`;

/** The codecs of one IDL, printed ahead of time; undefined when it has nothing to encode. */
export const printCodecModule = (generation: Generation, file: ResolvedFile): string | undefined => {
  const descriptors = new Descriptors(generation.options);
  const { own } = generation.exportsOf(file);
  const entries: CodecModuleEntry[] = file.structs.map((struct) => ({
    name: structCodecName(own.get(struct) ?? struct.name),
    descriptor: descriptors.ofStruct(struct),
  }));
  for (const service of file.services) {
    const properties = methodNames(service);
    for (const method of service.functions.filter(isGenerated)) {
      const name = methodCodecName(own.get(service) ?? service.name, properties.get(method) ?? method.name);
      entries.push({ name, method: descriptors.ofMethod(method) });
    }
  }
  if (entries.length === 0) return undefined;
  return `${headOf(file)}\n${emitCodecModule(entries, { language: "ts", runtime: generation.options.runtime })}`;
};
