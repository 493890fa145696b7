import {
  ApiVersion,
  Cors,
  durationOf,
  type Filter,
  GrpcStatsFilterConfig,
  HTTPFault,
  HttpConnectionManager,
  type HttpFilter,
  type MessageInit,
  packAny,
  Router,
} from "@kitex-ts/xds-protos";

const FAULT: MessageInit<HttpFilter> = { name: "envoy.filters.http.fault", typedConfig: packAny(HTTPFault, {}) };
const ROUTER: MessageInit<HttpFilter> = { name: "envoy.filters.http.router", typedConfig: packAny(Router, {}) };

const SIDECAR_FILTERS: readonly MessageInit<HttpFilter>[] = [
  {
    name: "envoy.filters.http.grpc_stats",
    typedConfig: packAny(GrpcStatsFilterConfig, { emitFilterState: true, statsForAllMethods: { value: false } }),
  },
  FAULT,
  { name: "envoy.filters.http.cors", typedConfig: packAny(Cors, {}) },
  ROUTER,
];

const ADS = { ads: {}, initialFetchTimeout: durationOf(0), resourceApiVersion: ApiVersion.V3 };

/** The network filter of a sidecar listener: routes come by RDS under `routeConfigName`. */
export const sidecarConnectionManager = (listener: string, routeConfigName: string): MessageInit<Filter> => ({
  name: "envoy.filters.network.http_connection_manager",
  typedConfig: packAny(HttpConnectionManager, {
    statPrefix: `outbound_${listener};`,
    rds: { configSource: ADS, routeConfigName },
    httpFilters: SIDECAR_FILTERS,
    streamIdleTimeout: durationOf(0),
    useRemoteAddress: { value: false },
    proxy100Continue: true,
    normalizePath: { value: true },
  }),
});

/** What an API listener of the grpc dialect holds. */
export const grpcConnectionManager = (routeConfigName: string): MessageInit<HttpConnectionManager> => ({
  rds: { configSource: { ads: {} }, routeConfigName },
  httpFilters: [FAULT, ROUTER],
});
