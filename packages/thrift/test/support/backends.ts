import { interpretPlan } from "../../src/backend.ts";
import { emitCodecModule } from "../../src/emit/module.ts";
import type { CodecFactory, StructDescriptor } from "../../src/index.ts";

export const backends = ["printed at load", "printed ahead of time", "interpreted"] as const;
export type Backend = (typeof backends)[number];

/** Descriptors by name. `codecs` is empty, or holds the code printed ahead of time for some of them. */
export type Schema = Readonly<Record<string, StructDescriptor>>;
export type Printed = Readonly<Record<string, CodecFactory>>;
export type MakeSchema<S extends Schema> = (printed: Printed) => S;

/** The exports of printed text, as a program would import them. */
export const importPrinted = async (text: string): Promise<Printed> => {
  const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
  return (await import(/* @vite-ignore */ url)) as Printed;
};

/** The same descriptors on one back end. */
export const onBackend = async <S extends Schema>(make: MakeSchema<S>, backend: Backend): Promise<S> => {
  const schema = make({});
  if (backend === "interpreted") {
    for (const { codec } of Object.values(schema)) {
      Object.assign(codec, interpretPlan(codec.plan, "binary"));
      Object.assign(codec.compact, interpretPlan(codec.plan, "compact"));
    }
  }
  if (backend !== "printed ahead of time") return schema;
  const entries = Object.entries(schema).map(([name, descriptor]) => ({
    name,
    descriptor,
  }));
  return make(await importPrinted(emitCodecModule(entries, { language: "js", runtime: "", compact: true })));
};

export const onAllBackends = async <S extends Schema>(make: MakeSchema<S>): Promise<readonly S[]> =>
  Promise.all(backends.map((backend) => onBackend(make, backend)));
