import { readFileSync } from "node:fs";
import type * as grpc from "@grpc/grpc-js";
import { messageOf } from "@kitex-ts/core/internal";
import type { ControlPlaneAuth } from "../bootstrap/control-plane-auth.ts";
import type { ADSStream, ADSStreamEvents, ADSTransport } from "./transport.ts";

type GRPC = typeof grpc;

const method = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";

/** A mesh's listeners and clusters come in one message each; gRPC's default of 4 MiB would cut off meshes of ordinary size. */
const maxResponseBytes = 128 * 1024 * 1024;

const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": maxResponseBytes,
  // A fresh connection per stream: a shared one would bring its own back-off and keep an old name resolution.
  "grpc.use_local_subchannel_pool": 1,
  // A half-open connection looks idle for ever otherwise.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 1,
  // Control planes are reached directly; an HTTP proxy of the environment is for other traffic.
  "grpc.enable_http_proxy": 0,
};

const raw = (bytes: Buffer): Buffer => bytes;
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** ADS over gRPC. The gRPC library is loaded here, so that programs without xDS never load it. */
export async function grpcTransport(address: string, auth: ControlPlaneAuth | undefined): Promise<ADSTransport> {
  const library = await import("@grpc/grpc-js");
  return { address, open: (events) => openStream(library, address, auth, events) };
}

function openStream(
  library: GRPC,
  address: string,
  auth: ControlPlaneAuth | undefined,
  events: ADSStreamEvents,
): ADSStream {
  let client: grpc.Client;
  let stream: grpc.ClientDuplexStream<Buffer, Buffer>;
  try {
    const access = accessOf(library, auth);
    client = new library.Client(address, access.credentials, { ...channelOptions, ...access.options });
    stream = client.makeBidiStreamRequest(method, raw, raw, access.metadata);
  } catch (error) {
    return failedStream(error, events);
  }
  let isOver = false;
  stream.on("data", (bytes: Buffer) => {
    if (!isOver) events.onMessage(bytes);
  });
  // Every error is followed by a status, which says the same.
  stream.on("error", () => {});
  stream.on("status", (status: grpc.StatusObject) => {
    client.close();
    if (isOver) return;
    isOver = true;
    events.onEnd(reasonOf(library, status));
  });
  return {
    send: (bytes) => {
      if (!isOver) stream.write(asBuffer(bytes));
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    close: () => {
      if (isOver) return;
      isOver = true;
      stream.cancel();
      client.close();
    },
  };
}

const reasonOf = (library: GRPC, status: grpc.StatusObject): string =>
  status.code === library.status.OK
    ? "the control plane closed the stream"
    : `${library.status[status.code]}: ${status.details}`;

/** A certificate or token file that cannot be read is a reason to try again later, as it may be on its way. */
function failedStream(error: unknown, events: ADSStreamEvents): ADSStream {
  let isOver = false;
  queueMicrotask(() => {
    if (isOver) return;
    isOver = true;
    events.onEnd(messageOf(error));
  });
  const nothing = (): void => {};
  return {
    send: nothing,
    pause: nothing,
    resume: nothing,
    close: () => {
      isOver = true;
    },
  };
}

interface Access {
  readonly credentials: grpc.ChannelCredentials;
  readonly metadata: grpc.Metadata;
  readonly options: grpc.ChannelOptions;
}

function accessOf(library: GRPC, auth: ControlPlaneAuth | undefined): Access {
  const metadata = new library.Metadata();
  if (auth === undefined) return { credentials: library.credentials.createInsecure(), metadata, options: {} };
  metadata.set("authorization", `Bearer ${readFileSync(auth.tokenFile, "utf8").trim()}`);
  metadata.set("clusterid", auth.clusterID);
  return {
    credentials: library.credentials.createSsl(readFileSync(auth.rootCertificateFile)),
    metadata,
    // Verified against this name, whatever the address is.
    options: { "grpc.ssl_target_name_override": auth.serverName, "grpc.default_authority": auth.serverName },
  };
}
