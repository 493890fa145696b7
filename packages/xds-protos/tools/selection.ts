/**
 * What of the Envoy API this package carries: the messages an RPC client, an RPC server or a control plane for them acts on.
 *
 * To add a message, name its file and its full name here and run the generator.
 */

const extensions = "envoy/extensions/";

/** Files to load; what they import is found by itself. */
export const protoFiles: readonly string[] = [
  "envoy/service/discovery/v3/discovery.proto",
  "envoy/config/listener/v3/listener.proto",
  "envoy/config/route/v3/route.proto",
  "envoy/config/cluster/v3/cluster.proto",
  "envoy/config/endpoint/v3/endpoint.proto",
  "envoy/config/core/v3/extension.proto",
  `${extensions}filters/network/http_connection_manager/v3/http_connection_manager.proto`,
  `${extensions}filters/network/tcp_proxy/v3/tcp_proxy.proto`,
  `${extensions}filters/network/thrift_proxy/v3/thrift_proxy.proto`,
  `${extensions}filters/network/rbac/v3/rbac.proto`,
  `${extensions}filters/http/router/v3/router.proto`,
  `${extensions}filters/http/fault/v3/fault.proto`,
  `${extensions}filters/http/rbac/v3/rbac.proto`,
  `${extensions}filters/http/local_ratelimit/v3/local_rate_limit.proto`,
  `${extensions}filters/http/jwt_authn/v3/config.proto`,
  `${extensions}filters/http/stateful_session/v3/stateful_session.proto`,
  `${extensions}filters/http/cors/v3/cors.proto`,
  `${extensions}filters/http/grpc_stats/v3/config.proto`,
  `${extensions}filters/listener/tls_inspector/v3/tls_inspector.proto`,
  `${extensions}filters/listener/http_inspector/v3/http_inspector.proto`,
  `${extensions}filters/listener/original_dst/v3/original_dst.proto`,
  `${extensions}http/stateful_session/cookie/v3/cookie.proto`,
  `${extensions}http/stateful_session/header/v3/header.proto`,
  `${extensions}retry/host/previous_hosts/v3/previous_hosts.proto`,
  `${extensions}retry/host/omit_canary_hosts/v3/omit_canary_hosts.proto`,
  `${extensions}retry/priority/previous_priorities/v3/previous_priorities_config.proto`,
  `${extensions}transport_sockets/tls/v3/tls.proto`,
  `${extensions}transport_sockets/tls/v3/secret.proto`,
  `${extensions}transport_sockets/raw_buffer/v3/raw_buffer.proto`,
  `${extensions}transport_sockets/proxy_protocol/v3/upstream_proxy_protocol.proto`,
  `${extensions}transport_sockets/internal_upstream/v3/internal_upstream.proto`,
  `${extensions}transport_sockets/http_11_proxy/v3/upstream_http_11_connect.proto`,
  `${extensions}transport_sockets/tcp_stats/v3/tcp_stats.proto`,
  `${extensions}upstreams/http/v3/http_protocol_options.proto`,
  `${extensions}clusters/aggregate/v3/cluster.proto`,
  `${extensions}load_balancing_policies/round_robin/v3/round_robin.proto`,
  `${extensions}load_balancing_policies/random/v3/random.proto`,
  `${extensions}load_balancing_policies/least_request/v3/least_request.proto`,
  `${extensions}load_balancing_policies/ring_hash/v3/ring_hash.proto`,
  `${extensions}load_balancing_policies/maglev/v3/maglev.proto`,
  `${extensions}load_balancing_policies/pick_first/v3/pick_first.proto`,
  `${extensions}load_balancing_policies/wrr_locality/v3/wrr_locality.proto`,
  `${extensions}load_balancing_policies/client_side_weighted_round_robin/v3/client_side_weighted_round_robin.proto`,
  `${extensions}load_balancing_policies/subset/v3/subset.proto`,
  `${extensions}load_balancing_policies/cluster_provided/v3/cluster_provided.proto`,
  "xds/type/v3/typed_struct.proto",
  "udpa/type/v1/typed_struct.proto",
  "google/rpc/status.proto",
  // Ours, in proto/.
  "envoy/service/discovery/v3/resource_error.proto",
  "istio/networking/nds/v1/name_table.proto",
  "istio/v1/auth/certificate_service.proto",
];

/** Messages to keep together with all that their fields reach. */
export const roots: readonly string[] = [
  "envoy.service.discovery.v3.DiscoveryRequest",
  "envoy.service.discovery.v3.DiscoveryResponse",
  "envoy.service.discovery.v3.DeltaDiscoveryRequest",
  "envoy.service.discovery.v3.DeltaDiscoveryResponse",
  "envoy.config.listener.v3.Listener",
  "envoy.config.route.v3.RouteConfiguration",
  "envoy.config.route.v3.FilterConfig",
  "envoy.config.cluster.v3.Cluster",
  "envoy.config.endpoint.v3.ClusterLoadAssignment",
  "envoy.config.core.v3.TypedExtensionConfig",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
  "envoy.extensions.filters.network.thrift_proxy.v3.ThriftProxy",
  "envoy.extensions.filters.network.rbac.v3.RBAC",
  "envoy.extensions.filters.http.router.v3.Router",
  "envoy.extensions.filters.http.fault.v3.HTTPFault",
  "envoy.extensions.filters.http.rbac.v3.RBAC",
  "envoy.extensions.filters.http.rbac.v3.RBACPerRoute",
  "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
  "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
  "envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig",
  "envoy.extensions.filters.http.stateful_session.v3.StatefulSession",
  "envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
  "envoy.extensions.filters.http.cors.v3.Cors",
  "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig",
  "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
  "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector",
  "envoy.extensions.filters.listener.original_dst.v3.OriginalDst",
  "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
  "envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState",
  "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
  "envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate",
  "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
  "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
  "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
  "envoy.extensions.transport_sockets.tls.v3.Secret",
  "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
  "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
  "envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport",
  "envoy.extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport",
  "envoy.extensions.transport_sockets.tcp_stats.v3.Config",
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
  "envoy.extensions.clusters.aggregate.v3.ClusterConfig",
  "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin",
  "envoy.extensions.load_balancing_policies.random.v3.Random",
  "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest",
  "envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash",
  "envoy.extensions.load_balancing_policies.maglev.v3.Maglev",
  "envoy.extensions.load_balancing_policies.pick_first.v3.PickFirst",
  "envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality",
  "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
  "envoy.extensions.load_balancing_policies.subset.v3.Subset",
  "envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided",
  "xds.type.v3.TypedStruct",
  "udpa.type.v1.TypedStruct",
  "google.rpc.Status",
  "istio.networking.nds.v1.NameTable",
  "istio.v1.auth.IstioCertificateRequest",
  "istio.v1.auth.IstioCertificateResponse",
];

/**
 * Types nobody here acts on, by full name or by a prefix that ends in `*`. Fields of such a type are left out, except those in
 * `presenceOnly`.
 */
export const cutTypes: readonly string[] = [
  // Access logs and tracing.
  "envoy.config.accesslog.*",
  "envoy.data.accesslog.*",
  "envoy.config.trace.*",
  "envoy.type.tracing.*",
  "envoy.config.route.v3.Tracing",
  "envoy.config.route.v3.Decorator",
  "envoy.config.route.v3.VirtualCluster",
  "envoy.config.cluster.v3.TrackClusterStats",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.HcmAccessLogOptions",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions",
  "envoy.extensions.filters.http.router.v3.Router.UpstreamAccessLogOptions",
  "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.*",
  "envoy.config.core.v3.GrpcMethodList",
  // How Envoy itself reaches a management server: ours is configured by the bootstrap.
  "envoy.config.core.v3.ApiConfigSource*",
  "envoy.config.core.v3.GrpcService*",
  "envoy.config.core.v3.Extension",
  "envoy.config.core.v3.BuildVersion",
  "xds.core.v3.Authority",
  "envoy.service.discovery.v3.DynamicParameterConstraints*",
  // Active health checks.
  "envoy.config.core.v3.HealthCheck*",
  "envoy.config.core.v3.EventServiceConfig",
  "envoy.config.endpoint.v3.Endpoint.HealthCheckConfig",
  // HTTP/1, HTTP/3, QUIC, UDP and the details of a proxied HTTP connection.
  "envoy.config.core.v3.Http1ProtocolOptions*",
  "envoy.config.core.v3.Http2ProtocolOptions.SettingsParameter",
  "envoy.config.core.v3.Http3ProtocolOptions",
  "envoy.config.core.v3.QuicProtocolOptions",
  "envoy.config.core.v3.AlternateProtocolsCacheOptions*",
  "envoy.config.core.v3.SchemeHeaderTransformation",
  "envoy.config.core.v3.SubstitutionFormatString",
  "envoy.config.listener.v3.UdpListenerConfig",
  "envoy.config.route.v3.CorsPolicy",
  "envoy.config.route.v3.InternalRedirectPolicy",
  "envoy.config.route.v3.RouteAction.InternalRedirectAction",
  "envoy.config.route.v3.RouteAction.UpgradeConfig",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathNormalizationOptions",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ProxyStatusConfig",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig",
  "envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig",
  "envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension",
  "envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes",
  // Sockets of the proxy.
  "envoy.config.core.v3.BindConfig",
  "envoy.config.core.v3.SocketOption*",
  "envoy.config.core.v3.DnsResolutionConfig",
  "envoy.config.core.v3.ProxyProtocolConfig",
  "envoy.config.listener.v3.Listener.ConnectionBalanceConfig",
  "envoy.config.listener.v3.Listener.DeprecatedV1",
  "envoy.config.listener.v3.Listener.InternalListenerConfig",
  "envoy.config.listener.v3.FilterChain.OnDemandConfiguration",
  "envoy.config.listener.v3.ListenerFilterChainMatchPredicate",
  "envoy.config.cluster.v3.Cluster.PreconnectPolicy",
  "envoy.config.cluster.v3.Filter",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.OnDemand",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig",
  "envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport.*",
  // Languages and trees of matchers: seen, never evaluated.
  "google.api.expr.*",
  "xds.type.matcher.*",
  "xds.core.v3.TypedExtensionConfig",
  // Discovery of single virtual hosts and of single endpoints.
  "envoy.config.route.v3.Vhds",
  "envoy.config.endpoint.v3.LedsClusterLocalityConfig",
  // Keys in hardware, key logs.
  "envoy.extensions.transport_sockets.tls.v3.PrivateKeyProvider",
  "envoy.extensions.transport_sockets.tls.v3.TlsKeyLog",
  // The rest of small things.
  "envoy.config.core.v3.RetryPolicy",
  "envoy.config.route.v3.RateLimit.Override",
  "envoy.type.metadata.*",
  "envoy.extensions.filters.http.jwt_authn.v3.JwtCacheConfig",
  "envoy.extensions.common.ratelimit.v3.LocalClusterRateLimit",
  "envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion",
];

/**
 * Fields of a cut type that stay, as an empty message: "it is there, but not read". Without them a condition, a matcher or a
 * requirement we cannot evaluate would look like none at all, and be taken for "matches everything".
 */
export const presenceOnly: readonly string[] = [
  "envoy.config.core.v3.ConfigSource.api_config_source",
  "envoy.config.listener.v3.Listener.filter_chain_matcher",
  "envoy.config.rbac.v3.Policy.checked_condition",
  "envoy.config.rbac.v3.Policy.condition",
  "envoy.config.route.v3.RouteConfiguration.vhds",
  "envoy.config.route.v3.VirtualHost.matcher",
  "envoy.config.endpoint.v3.LocalityLbEndpoints.leds_cluster_locality_config",
  "envoy.extensions.filters.http.rbac.v3.RBAC.matcher",
  "envoy.extensions.filters.http.rbac.v3.RBAC.shadow_matcher",
  "envoy.extensions.filters.network.rbac.v3.RBAC.matcher",
  "envoy.extensions.filters.network.rbac.v3.RBAC.shadow_matcher",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.scoped_routes",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.tunneling_config",
  "envoy.extensions.transport_sockets.tls.v3.TlsCertificate.private_key_provider",
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.AutoHttpConfig.http3_protocol_options",
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig.http_protocol_options",
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig.http3_protocol_options",
  "envoy.type.matcher.v3.StringMatcher.custom",
];

/** Fields that the API has today and the protos in the devDependency do not have yet. */
export const newerFields: Readonly<Record<string, Readonly<Record<string, NewerField>>>> = {
  "envoy.service.discovery.v3.DiscoveryResponse": {
    resource_errors: { type: "envoy.service.discovery.v3.ResourceError", id: 7, rule: "repeated" },
  },
  "envoy.service.discovery.v3.DeltaDiscoveryResponse": {
    resource_errors: { type: "envoy.service.discovery.v3.ResourceError", id: 9, rule: "repeated" },
  },
  "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext": {
    auto_host_sni: { type: "bool", id: 6 },
    auto_sni_san_validation: { type: "bool", id: 7 },
  },
};

interface NewerField {
  readonly type: string;
  readonly id: number;
  readonly rule?: "repeated";
}

/** Names of exports where the rule of `names.ts` would give a poor or an ambiguous one. */
export const exportNames: Readonly<Record<string, string>> = {
  "envoy.config.core.v3.HttpProtocolOptions": "CoreHttpProtocolOptions",
  "envoy.config.core.v3.SocketAddress.Protocol": "SocketAddressProtocol",
  "envoy.config.rbac.v3.Policy": "RBACPolicy",
  "envoy.config.route.v3.RateLimit.Action.DynamicMetaData": "RateLimitDynamicMetaData",
  "envoy.config.route.v3.RateLimit.Action.MetaData": "RateLimitMetaData",
  "envoy.config.route.v3.RateLimit.Action.MetaData.Source": "RateLimitMetaDataSource",
  "envoy.extensions.clusters.aggregate.v3.ClusterConfig": "AggregateClusterConfig",
  "envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry": "RateLimitDescriptorEntry",
  "envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig": "JwtPerRouteConfig",
  "envoy.extensions.filters.http.rbac.v3.RBAC": "HttpRBAC",
  "envoy.extensions.filters.network.rbac.v3.RBAC": "NetworkRBAC",
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight": "TcpProxyClusterWeight",
  "envoy.extensions.filters.network.thrift_proxy.v3.RouteAction.RequestMirrorPolicy": "ThriftProxyRequestMirrorPolicy",
  "envoy.extensions.filters.network.thrift_proxy.v3.WeightedCluster.ClusterWeight": "ThriftProxyClusterWeight",
  "envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetFallbackPolicy": "SubsetFallbackPolicy",
  "envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetMetadataFallbackPolicy":
    "SubsetMetadataFallbackPolicy",
  "envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetSelector": "SubsetSelector",
  "envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetSelector.LbSubsetSelectorFallbackPolicy":
    "SubsetSelectorFallbackPolicy",
  "envoy.extensions.transport_sockets.tcp_stats.v3.Config": "TcpStatsConfig",
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": "HttpProtocolOptions",
  "envoy.type.v3.HashPolicy": "TcpProxyHashPolicy",
  "envoy.type.v3.HashPolicy.FilterState": "TcpProxyHashPolicyFilterState",
  "udpa.type.v1.TypedStruct": "UdpaTypedStruct",
  "xds.type.v3.TypedStruct": "TypedStruct",
};
