import { parseArgs } from "node:util";

/** What the runner appends to a peer's command; unknown options are ignored, so that peers of any make can join. */
export interface PeerArguments {
  readonly port: number;
  readonly payload: "64" | "1k" | "16k" | "rich";
  readonly concurrency: number;
  readonly duration: number;
  readonly warmup: number;
}

export const peerArguments = (): PeerArguments => {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      payload: { type: "string", default: "1k" },
      concurrency: { type: "string", default: "100" },
      duration: { type: "string", default: "5" },
      warmup: { type: "string", default: "2" },
    },
    strict: false,
  });
  return {
    port: Number(values.port),
    payload: values.payload as PeerArguments["payload"],
    concurrency: Number(values.concurrency),
    duration: Number(values.duration),
    warmup: Number(values.warmup),
  };
};
