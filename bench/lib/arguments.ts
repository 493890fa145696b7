import { parseArgs } from "node:util";

export type Payload = "64" | "1k" | "16k" | "rich";

/** What the runner appends to a peer's command; unknown options are ignored, so that peers of any make can join. */
export interface PeerArguments {
  readonly port: number;
  readonly payload: Payload;
  readonly concurrency: number;
  readonly connections: number;
  /** Seconds. */
  readonly duration: number;
  /** Seconds. */
  readonly warmup: number;
  /** Which of several ways to run this peer; what there is, the peer knows. */
  readonly variant: string;
}

export const peerArguments = (): PeerArguments => {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      payload: { type: "string", default: "1k" },
      concurrency: { type: "string", default: "100" },
      connections: { type: "string", default: "1" },
      duration: { type: "string", default: "5" },
      warmup: { type: "string", default: "2" },
      variant: { type: "string", default: "plain" },
      "with-stdin": { type: "boolean", default: false },
    },
    strict: false,
  });
  if (values["with-stdin"] === true) endWithStdin();
  return {
    port: Number(values.port),
    payload: values.payload as Payload,
    concurrency: Number(values.concurrency),
    connections: Number(values.connections),
    duration: Number(values.duration),
    warmup: Number(values.warmup),
    variant: String(values.variant),
  };
};

/** Standard input is the runner's end of a pipe: a peer cannot outlive it, however it was ended. */
const endWithStdin = (): void => {
  process.stdin
    .on("end", () => process.exit(1))
    .resume()
    .unref();
};
