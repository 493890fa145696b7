import { background, type Context, type Endpoint } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import {
  type StructDescriptor,
  serviceInfo,
  structDescriptor,
  ValidationError,
  validationMiddleware,
} from "../index.ts";

interface Item {
  n: number;
}
const Item: StructDescriptor<Item> = structDescriptor("Item", [[1, "n", "i32", 0, undefined, undefined, [["gt", 0]]]]);
const service = serviceInfo({
  serviceName: "Items",
  packageName: "items",
  methods: {
    put: { name: "Put", args: [[1, "item", () => Item]], result: () => Item },
    move: {
      name: "Move",
      args: [
        [1, "from", () => Item],
        [2, "to", () => Item],
        [3, "fast", "bool"],
      ],
      result: "void",
    },
    ping: { name: "Ping", args: [], result: "void" },
  },
});

const contextOf = (methodName: string, serviceName = "Items"): Context => {
  const context = background();
  const { rpcInfo } = context;
  const invocation = { ...rpcInfo.invocation, serviceName, methodName };
  return Object.create(context, { rpcInfo: { value: { ...rpcInfo, invocation } } }) as Context;
};

const called = (next: Endpoint, method: string, request: unknown, serviceName?: string): Promise<unknown> =>
  validationMiddleware(service)(next)(request, contextOf(method, serviceName));

const echo: Endpoint = (request) => Promise.resolve(request);

describe("validationMiddleware()", () => {
  it("lets valid requests and responses through", async () => {
    await expect(called(echo, "Put", { n: 1 })).resolves.toEqual({ n: 1 });
    await expect(called(echo, "Move", { from: { n: 1 }, to: { n: 2 }, fast: true })).resolves.toBeDefined();
    await expect(called(echo, "Ping", undefined)).resolves.toBeUndefined();
  });

  it("stops an invalid request before anybody sees it", async () => {
    const next: Endpoint = () => Promise.reject(new Error("must not be called"));
    await expect(called(next, "Put", { n: 0 })).rejects.toThrow(ValidationError);
    await expect(called(next, "Move", { from: { n: 1 }, to: { n: 0 } })).rejects.toThrow("Item.n: 0 breaks vt.gt = 0");
  });

  it("stops an invalid response", async () => {
    await expect(called(() => Promise.resolve({ n: 0 }), "Put", { n: 1 })).rejects.toThrow(ValidationError);
  });

  it("leaves other services alone", async () => {
    await expect(called(echo, "Put", { n: 0 }, "Others")).resolves.toEqual({ n: 0 });
  });
});
