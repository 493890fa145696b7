// Three back ends read the same damaged struct: equal values or equal errors, whatever lies before and behind it; and what was read is written
// and read again.
import type { ByteReader } from "@kitex-ts/core/spi";
import { ByteReader as Reader } from "@kitex-ts/core/spi";
import {
  type FieldType,
  InvalidValueError,
  type StructDescriptor,
  structDescriptor,
  unionDescriptor,
} from "@kitex-ts/thrift";
import { type MakeSchema, onAllBackends, type Schema } from "../../packages/thrift/test/support/backends.ts";
import type { Protocol } from "../corpus/protocol.ts";
import { structSamples } from "../corpus/thrift.ts";
import { expectSame, expectSameKind, resultOf } from "../lib/expect.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const requiredness = { default: 0, required: 1, optional: 2 } as const;

/** What these do not know goes along with them. */
const keepers: ReadonlySet<string> = new Set(["Glimpse", "Point"]);

/** The same structs once more, with descriptors of their own, so that each back end can have its own. */
const copier =
  (originals: readonly StructDescriptor[]): MakeSchema<Schema> =>
  (printed) => {
    const copies = new Map<StructDescriptor, StructDescriptor>();
    const copyType = (type: FieldType): FieldType => {
      if (typeof type === "string") return type;
      if (typeof type === "function") {
        const original = type();
        copy(original);
        return () => copies.get(original) as StructDescriptor;
      }
      return type[0] === "map" ? ["map", copyType(type[1]), copyType(type[2])] : [type[0], copyType(type[1])];
    };
    const pending = new Set<StructDescriptor>();
    const copy = (original: StructDescriptor): void => {
      if (pending.has(original)) return;
      pending.add(original);
      const fields = original.fields.map(
        ({ id, name, type, requiredness: word, defaultValue }) =>
          [id, name, copyType(type), requiredness[word], defaultValue] as const,
      );
      const make = original.kind === "union" ? unionDescriptor : structDescriptor;
      copies.set(
        original,
        make(original.name, fields, {
          codec: printed[original.name],
          keepUnknownFields: keepers.has(original.name),
        }),
      );
    };
    for (const original of originals) copy(original);
    return Object.fromEntries([...copies.values()].map((descriptor) => [descriptor.name, descriptor]));
  };

/** The bytes in the middle of others, which must not matter. */
const surrounded = (input: Buffer, filler: number): ByteReader => {
  const before = 13;
  const buffer = Buffer.alloc(input.length + before + 64, filler);
  input.copy(buffer, before);
  const reader = new Reader();
  reader.attach(buffer, new DataView(buffer.buffer, buffer.byteOffset, buffer.length), before, before + input.length);
  return reader;
};

export const thriftStructTarget = async (protocol: Protocol): Promise<Target> => {
  const structs = structSamples(protocol);
  const all = structs.flatMap(({ samples }) => samples);
  const schemas = await onAllBackends(copier(structs.map(({ descriptor }) => descriptor)));
  return {
    make: (random) => mutate(random, random.pick(random.pick(structs).samples), all),
    run: (input, random) => {
      // Mostly the struct that the bytes were written for, sometimes another.
      const { name } = random.pick(structs).descriptor;
      const descriptors = schemas.map((schema) => schema[name] as StructDescriptor);
      const filler = random.pick([0x00, 0x0c, 0x61, 0xff]);
      const results = descriptors.map((descriptor) =>
        resultOf(() => protocol.readAt(descriptor, surrounded(input, filler))),
      );
      const [first, ...others] = results as [(typeof results)[number], ...typeof results];
      for (const other of others) expectSame("back ends", first, other);
      const [descriptor] = descriptors as [StructDescriptor];
      expectSameKind(
        "surroundings",
        resultOf(() => protocol.read(descriptor, input)),
        first,
      );
      if ("error" in first) return;

      const written = descriptors.map((each) => resultOf(() => protocol.write(each, first.value), isUnfit));
      for (const other of written) expectSame("back ends that write", written[0] as (typeof written)[number], other);
      for (const result of written) {
        if ("error" in result) continue;
        const again = resultOf(() => protocol.read(descriptor, result.value as Uint8Array));
        expectSame("value and value written and read", first, again);
      }
    },
  };
};

/** A union whose member was not known can be read and not be written. */
const isUnfit = (error: unknown): boolean => error instanceof InvalidValueError;
