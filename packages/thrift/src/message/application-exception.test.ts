import { ApplicationException } from "@kitex-ts/core";
import { ByteReader } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { readApplicationException } from "./application-exception.ts";

const read = (text: string): ApplicationException =>
  readApplicationException(ByteReader.of(Buffer.from(text.replaceAll(" ", ""), "hex")));

describe("readApplicationException()", () => {
  it("takes both fields for optional", () => {
    expect(read("00")).toMatchObject({ typeId: 0, remoteMessage: "unknown application exception" });
    expect(read("080002 00000005 00")).toMatchObject({ typeId: 5, remoteMessage: "missing result" });
    expect(read("080002 000003e8 00")).toMatchObject({ typeId: 1000, remoteMessage: "unknown exception type [1000]" });
    expect(read("0b0001 00000001 61 00")).toMatchObject({ typeId: 0, remoteMessage: "a" });
    expect(read("00")).toBeInstanceOf(ApplicationException);
  });

  it("reads them in any order, and past others", () => {
    expect(read("080002 00000006 020009 01 0b0009 00000001 62 0b0001 00000001 61 00")).toMatchObject({
      typeId: 6,
      remoteMessage: "a",
    });
  });
});
