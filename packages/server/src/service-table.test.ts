import { ApplicationException, type MethodInfo, type ServiceInfo } from "@kitex-ts/core";
import type { PayloadCodec } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { ServiceTable } from "./service-table.ts";

const thrift = { name: "thrift" } as PayloadCodec;
const protobuf = { name: "protobuf" } as PayloadCodec;

const service = (serviceName: string, names: readonly string[], payloadCodec: PayloadCodec = thrift): ServiceInfo => ({
  serviceName,
  packageName: "test",
  payloadCodec,
  methods: names.map(
    (name) =>
      ({ name, property: name.toLowerCase(), argumentNames: ["request"], oneway: false }) as unknown as MethodInfo,
  ),
});

const handlerOf = (names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name.toLowerCase(), async () => name]));

const tableOf = (...services: readonly ServiceInfo[]): ServiceTable => {
  const table = new ServiceTable((next) => next);
  for (const each of services) table.register(each, handlerOf(each.methods.map(({ name }) => name)));
  return table;
};

const found = (table: ServiceTable, serviceName: string | undefined, method: string): string => {
  const entry = table.find(serviceName, method);
  return entry instanceof ApplicationException
    ? `${entry.typeId} ${entry.remoteMessage}`
    : `${entry.service.serviceName}/${entry.method.name}`;
};

describe("ServiceTable.find()", () => {
  const table = tableOf(service("One", ["Shared", "OnlyOne"]), service("Two", ["Shared", "OnlyTwo"]));

  it("takes a known service at its word", () => {
    expect(found(table, "Two", "Shared")).toBe("Two/Shared");
    expect(found(table, "Two", "OnlyOne")).toBe("1 unknown method OnlyOne (service Two)");
  });

  it("takes the first to have the method when no service is named", () => {
    for (const nobody of [undefined, ""]) {
      expect(found(table, nobody, "Shared")).toBe("One/Shared");
      expect(found(table, nobody, "OnlyTwo")).toBe("Two/OnlyTwo");
      expect(found(table, nobody, "Other")).toBe("20 unknown service , method Other");
    }
  });

  it("takes the only one to have the method when the service is unknown", () => {
    expect(found(table, "Three", "OnlyTwo")).toBe("Two/OnlyTwo");
    expect(found(table, "Three", "Shared")).toBe("20 unknown service Three, method Shared");
    expect(found(table, "Three", "Other")).toBe("20 unknown service Three, method Other");
  });

  it("knows no methods but its own", () => {
    for (const name of ["toString", "constructor", "__proto__"]) {
      expect(found(table, undefined, name)).toBe(`20 unknown service , method ${name}`);
      expect(found(table, name, "Shared")).toBe(`20 unknown service ${name}, method Shared`);
    }
  });
});

describe("ServiceTable", () => {
  it("names each payload codec once", () => {
    expect(tableOf(service("A", ["X"]), service("B", ["Y"]), service("C", ["Z"], protobuf)).codecs).toEqual([
      thrift,
      protobuf,
    ]);
  });

  it("calls a handler's method as it is when the call comes", async () => {
    const table = new ServiceTable((next) => next);
    const handler = {
      x: async (): Promise<string> => "before",
    };
    table.register(service("A", ["X"]), handler);
    const entry = table.find("A", "X");
    if (entry instanceof ApplicationException) throw entry;
    expect(await entry.invoke("request", {} as never)).toBe("before");
    handler.x = async () => "after";
    expect(await entry.invoke("request", {} as never)).toBe("after");
  });
});
