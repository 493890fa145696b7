import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DiscoveryResponse } from "@kitex-ts/xds-protos";
import { ScriptedControlPlane, type ScriptedStream } from "./scripted-control-plane.ts";

const golden = join(import.meta.dirname, "..", "golden");
const types = ["cds", "eds", "lds", "rds", "nds"] as const;

/** The responses that istiod sent in a scenario, byte by byte, in the order of its pushes. */
export function recorded(scenario: string, part: string): readonly Uint8Array[] {
  const folder = join(golden, scenario, part);
  return types.flatMap((type) =>
    [`${type}.b64`, `${type}.2.b64`]
      .map((file) => join(folder, file))
      .filter((file) => existsSync(file))
      .map((file) => Buffer.from(readFileSync(file, "utf8"), "base64")),
  );
}

/** A control plane that answers every new subscription with what was recorded for its type. */
export async function replay(scenario: string, dialect: "sidecar" | "grpc"): Promise<RecordedControlPlane> {
  const responses = new Map<string, readonly Uint8Array[]>();
  for (const bytes of recorded(scenario, dialect)) {
    const { typeUrl } = DiscoveryResponse.decode(bytes);
    responses.set(typeUrl, [...(responses.get(typeUrl) ?? []), bytes]);
  }
  const plane = await ScriptedControlPlane.start();
  const streams = new Set<ScriptedStream>();
  const refusals: string[] = [];
  const asked = new Map<string, string>();
  plane.script = ({ stream, request }) => {
    streams.add(stream);
    if (request.errorDetail !== undefined) refusals.push(request.errorDetail.message);
    const names = request.resourceNames.join(" ");
    const isNew = asked.get(request.typeUrl) !== names;
    asked.set(request.typeUrl, names);
    if (isNew) for (const bytes of responses.get(request.typeUrl) ?? []) stream.sendBytes(bytes);
  };
  return {
    plane,
    refusals,
    push: (part) => {
      for (const bytes of recorded(scenario, `${dialect}/${part}`))
        for (const stream of streams) stream.sendBytes(bytes);
    },
  };
}

export interface RecordedControlPlane {
  readonly plane: ScriptedControlPlane;
  /** What the client found wrong; real responses have nothing wrong. */
  readonly refusals: readonly string[];
  /** Sends what was recorded after a step, such as `step-2`. */
  push(part: string): void;
}
