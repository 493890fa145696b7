import type { WireProtocol } from "../wire-protocol.ts";
import { binaryReader, binaryWriter } from "./binary-wire.ts";
import { compactReader, compactWriter } from "./compact-wire.ts";
import type { WireReader, WireWriter } from "./wire.ts";

export const wires: Readonly<Record<WireProtocol, { readonly reader: WireReader; readonly writer: WireWriter }>> = {
  binary: { reader: binaryReader, writer: binaryWriter },
  compact: { reader: compactReader, writer: compactWriter },
};
