import type { ServiceDefinition } from "@grpc/grpc-js";
import { DiscoveryRequest, DiscoveryResponse, type MessageInit } from "@kitex-ts/xds-protos";

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `envoy.service.discovery.v3.AggregatedDiscoveryService`, its state-of-the-world method. */
export const ADS_SERVICE: ServiceDefinition = {
  streamAggregatedResources: {
    path: "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
    requestStream: true,
    responseStream: true,
    requestSerialize: (request: MessageInit<DiscoveryRequest>) => toBuffer(DiscoveryRequest.encode(request)),
    requestDeserialize: (bytes: Buffer) => DiscoveryRequest.decode(bytes),
    responseSerialize: (response: MessageInit<DiscoveryResponse>) => toBuffer(DiscoveryResponse.encode(response)),
    responseDeserialize: (bytes: Buffer) => DiscoveryResponse.decode(bytes),
  },
};
