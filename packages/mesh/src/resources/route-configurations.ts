import { type MessageInit, RouteConfiguration, type VirtualHost } from "@kitex-ts/xds-protos";
import type { MeshModel, MeshService } from "../model/mesh-model.ts";
import type { ServicePort } from "../model/service.ts";
import type { ClientView } from "./client-view.ts";
import { PASSTHROUGH_CLUSTER, parseClusterName } from "./names.ts";
import { plainRoute, routesOf } from "./routes.ts";

/** Names of a Service that a caller may use: full, and as short as its namespace allows. */
const hostNames = (service: MeshService, client: ClientView): readonly string[] => {
  const { hostname, name, namespace } = service;
  const inNamespace = `${name}.${namespace}`;
  const short = namespace === client.namespace ? [name] : [];
  return [hostname, `${hostname}.`, ...short, `${inNamespace}.svc`, inNamespace, service.virtualIP];
};

const virtualHost = (
  service: MeshService,
  port: number,
  domains: readonly string[],
  model: MeshModel,
  client: ClientView,
): MessageInit<VirtualHost> => ({
  name: `${service.hostname}:${port}`,
  domains,
  routes: routesOf(service, { model, client, port }),
  includeRequestAttemptCount: true,
});

const SIDECAR_FIELDS = {
  validateClusters: { value: false },
  maxDirectResponseBodySizeBytes: { value: 1024 * 1024 },
  ignorePortInHostMatching: true,
};

const portOf = (service: MeshService | undefined, number: number): ServicePort | undefined =>
  service?.ports.find((port) => port.number === number);

const isHTTP = (port: ServicePort | undefined): boolean => port?.protocol === "http" || port?.protocol === "http2";

const detectedHosts = (name: string, model: MeshModel, client: ClientView): readonly MessageInit<VirtualHost>[] => {
  const colon = name.lastIndexOf(":");
  const service = model.services.get(name.slice(0, colon));
  const port = portOf(service, Number(name.slice(colon + 1)));
  if (service === undefined || port?.protocol !== "auto") return [];
  return [virtualHost(service, port.number, ["*"], model, client)];
};

const sharedHosts = (number: number, model: MeshModel, client: ClientView): readonly MessageInit<VirtualHost>[] => {
  const services = [...model.services.values()].filter((service) => isHTTP(portOf(service, number)));
  if (services.length === 0) return [];
  return [
    ...services.map((service) => virtualHost(service, number, hostNames(service, client), model, client)),
    {
      name: "allow_any",
      domains: ["*"],
      routes: [plainRoute("allow_any", PASSTHROUGH_CLUSTER, "none")],
      includeRequestAttemptCount: true,
    },
  ];
};

const grpcHosts = (name: string, model: MeshModel, client: ClientView): readonly MessageInit<VirtualHost>[] => {
  const cluster = parseClusterName(name);
  const service = cluster?.subset === "" ? model.services.get(cluster.hostname) : undefined;
  const port = portOf(service, cluster?.port ?? 0);
  if (service === undefined || port === undefined || port.protocol === "tcp" || port.protocol === "udp") return [];
  const domains = hostNames(service, client).flatMap((host) => [host, `${host}:${port.number}`]);
  return [virtualHost(service, port.number, domains, model, client)];
};

/** The route configuration of a name. Unknown names get an empty one, as from istiod. */
export const routeConfiguration = (name: string, model: MeshModel, client: ClientView): Uint8Array => {
  if (client.dialect === "grpc")
    return RouteConfiguration.encode({ name, virtualHosts: grpcHosts(name, model, client) });
  const virtualHosts = /^\d{1,5}$/.test(name)
    ? sharedHosts(Number(name), model, client)
    : detectedHosts(name, model, client);
  return RouteConfiguration.encode({ ...SIDECAR_FIELDS, name, virtualHosts });
};
