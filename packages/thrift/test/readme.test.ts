import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromBinary, type StructDescriptor, structDescriptor, toBinary } from "../src/index.ts";

// What `kitex-ts gen` prints for:  struct HelloRequest { 1: required string message  2: optional i64 user }
interface HelloRequest {
  message: string;
  user?: bigint | undefined;
}
const HelloRequest: StructDescriptor<HelloRequest> = structDescriptor("HelloRequest", [
  [1, "message", "string", 1],
  [2, "user", "i64", 2],
]);

const bytes = toBinary(HelloRequest, { message: "hi" });
const request = fromBinary(HelloRequest, bytes);

describe("README", () => {
  it("shows the program above", () => {
    expect(request).toEqual({ message: "hi", user: undefined });
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const shown = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "nothing";
    expect(shown).toContain("interface HelloRequest");
    const source = readFileSync(new URL(import.meta.url), "utf8");
    for (const line of shown.replaceAll("export ", "").split("\n")) {
      expect(source).toContain(line.replace("@kitex-ts/thrift", "../src/index.ts"));
    }
  });
});
