import { describe, expect, it } from "vitest";
import { readPage } from "./support/repository.ts";

const header = "packages/transport/src/ttheader/codec.test.ts";
const splitter = "packages/transport/src/framing/message-splitter.test.ts";
const serverWire = "packages/transport/test/server-wire.test.ts";
const clientWire = "packages/transport/test/client-wire.test.ts";
const listener = "packages/transport/test/listener.test.ts";
const payload = "packages/thrift/src/message/vectors.test.ts";

/** Every recorded message of Kitex that this project has to know, and where a test holds our bytes against it. */
const vectors: Readonly<
  Record<string, { readonly bytes: number; readonly tests: readonly (readonly [string, string])[] }>
> = {
  "V-H1": {
    bytes: 48,
    tests: [
      [header, '"H1"'],
      [serverWire, "vectors.H1"],
    ],
  },
  "V-H2": {
    bytes: 112,
    tests: [
      [header, '"H2"'],
      [clientWire, "vectors.H2"],
      [serverWire, "vectors.H2"],
    ],
  },
  "V-H3": {
    bytes: 111,
    tests: [
      [header, '"H3"'],
      [clientWire, "vectors.H3"],
    ],
  },
  "V-ACL": {
    bytes: 76,
    tests: [
      [header, '"ACL"'],
      [serverWire, "vectors.ACL"],
    ],
  },
  "V-CRC": { bytes: 68, tests: [["packages/transport/test/payload-validation.test.ts", "vectorCRC"]] },
  "V-F1": {
    bytes: 34,
    tests: [
      [splitter, "vectors.F1"],
      [clientWire, "vectors.F1"],
    ],
  },
  "V-MESH": {
    bytes: 47,
    tests: [
      [splitter, "vectors.MESH"],
      [serverWire, "vectors.MESH"],
    ],
  },
  "V-T1": {
    bytes: 30,
    tests: [
      [payload, "V-T1"],
      [clientWire, "vectors.T1"],
    ],
  },
  "V-T2": {
    bytes: 30,
    tests: [
      [payload, "V-T2"],
      [clientWire, "vectors.T2"],
    ],
  },
  "V-T3": { bytes: 60, tests: [[payload, "V-T3"]] },
  "V-T4": {
    bytes: 25,
    tests: [
      [payload, "V-T4"],
      [clientWire, "vectors.T4"],
    ],
  },
  "V-CTL": {
    bytes: 47,
    tests: [
      [header, '"CTL"'],
      [listener, "vectors.CTL"],
    ],
  },
  "V-MUXREQ": {
    bytes: 48,
    tests: [
      [header, '"MUXREQ"'],
      [listener, "vectors.MUXREQ"],
    ],
  },
  "V-META": {
    bytes: 96,
    tests: [
      [header, '"META"'],
      [splitter, "vectors.META"],
    ],
  },
};

/** They come with protocols that are not spoken yet. */
const ofOtherProtocols = {
  "Kitex-Protobuf": ["V-PB1", "V-PB2", "V-PB3", "V-PBTT"],
  gRPC: ["V-G1", "V-G2", "V-G3", "V-GOAWAY", "V-GPING", "V-RST1000"],
  "TTHeader streaming": ["V-S1", "V-S2", "V-S3", "V-S4", "V-S5", "V-S6", "V-S7"],
} as const;

describe("the recorded messages of Kitex", () => {
  it.each(Object.entries(vectors))("%s is used by the tests that are named here", (_name, { tests }) => {
    for (const [file, mark] of tests) expect(readPage(file).includes(mark), `${mark} in ${file}`).toBe(true);
  });

  it("are all there, each of its length", () => {
    const recorded = `${readPage("packages/transport/test/vectors.ts")}\n${readPage("packages/transport/test/payload-validation.test.ts")}`;
    for (const [name, { bytes }] of Object.entries(vectors)) {
      const short = name.slice(2);
      const literal = new RegExp(
        `(?:${short}: bytesOf\\(|vector${short}[^=]*= bytesOf\\()\\s*([\`"])(.*?)\\1`,
        "s",
      ).exec(recorded);
      const hex = (literal?.[2] ?? "").replace(/#.*$/gm, "").replace(/\s/g, "");
      expect(hex.length / 2, name).toBe(bytes);
    }
  });

  it("are thirty-one together with those of other protocols", () => {
    const others = Object.values(ofOtherProtocols).flat();
    expect(Object.keys(vectors).length + others.length).toBe(31);
  });
});
