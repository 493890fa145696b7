import { type Filter, type MessageInit, packAny, TcpProxy } from "@kitex-ts/xds-protos";

/** The network filter that sends a connection to a cluster, or to several by weight. */
export const tcpProxy = (proxy: MessageInit<TcpProxy>): MessageInit<Filter> => ({
  name: "envoy.filters.network.tcp_proxy",
  typedConfig: packAny(TcpProxy, proxy),
});

/** The same for one cluster. */
export const tcpProxyTo = (cluster: string): MessageInit<Filter> => tcpProxy({ statPrefix: cluster, cluster });
