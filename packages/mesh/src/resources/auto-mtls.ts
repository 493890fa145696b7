import {
  ApiVersion,
  durationOf,
  type MessageInit,
  packAny,
  RawBuffer,
  type SdsSecretConfig,
  structOf,
  TlsProtocol,
  type TransportSocketMatch,
  UpstreamTlsContext,
} from "@kitex-ts/xds-protos";
import type { MeshService } from "../model/mesh-model.ts";
import type { ServicePort } from "../model/service.ts";
import { clusterSNI } from "./names.ts";

const secret = (name: string): MessageInit<SdsSecretConfig> => ({
  name,
  sdsConfig: { apiConfigSource: {}, initialFetchTimeout: durationOf(0), resourceApiVersion: ApiVersion.V3 },
});

/**
 * How to connect to an endpoint: with mutual TLS when its metadata says that its pod speaks it, else in plaintext. This
 * is Istio's auto mTLS, which is on unless a DestinationRule says otherwise.
 */
export const transportSocketMatches = (
  service: MeshService,
  port: ServicePort,
  subset: string,
): readonly MessageInit<TransportSocketMatch>[] => [
  {
    name: "tlsMode-istio",
    match: structOf({ tlsMode: "istio" }),
    transportSocket: {
      name: "envoy.transport_sockets.tls",
      typedConfig: packAny(UpstreamTlsContext, {
        commonTlsContext: {
          tlsParams: {
            tlsMinimumProtocolVersion: TlsProtocol.TLSv1_2,
            tlsMaximumProtocolVersion: TlsProtocol.TLSv1_3,
          },
          tlsCertificateSdsSecretConfigs: [secret("default")],
          combinedValidationContext: {
            defaultValidationContext: { matchSubjectAltNames: service.identities.map((exact) => ({ exact })) },
            validationContextSdsSecretConfig: secret("ROOTCA"),
          },
          alpnProtocols: ["istio-peer-exchange", "istio", ...(port.protocol === "http2" ? ["h2"] : [])],
        },
        sni: clusterSNI(port.number, subset, service.hostname),
      }),
    },
  },
  {
    name: "tlsMode-disabled",
    match: structOf({}),
    transportSocket: { name: "envoy.transport_sockets.raw_buffer", typedConfig: packAny(RawBuffer, {}) },
  },
];
