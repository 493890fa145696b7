import { HttpConnectionManager, Listener, packAny } from "@kitex-ts/xds-protos";
import type { MeshModel, MeshService } from "../model/mesh-model.ts";
import type { ClientView } from "./client-view.ts";
import { grpcConnectionManager } from "./http-connection-manager.ts";
import { clusterName } from "./names.ts";
import type { Resource } from "./resource.ts";

const apiListener = (name: string, service: MeshService, port: number): Resource => ({
  name,
  bytes: Listener.encode({
    name,
    address: { socketAddress: { address: service.virtualIP, portValue: port } },
    apiListener: {
      apiListener: packAny(HttpConnectionManager, grpcConnectionManager(clusterName(port, "", service.hostname))),
    },
  }),
});

const findService = (host: string, model: MeshModel, client: ClientView): MeshService | undefined => {
  const suffixes = [`.${client.namespace}.svc.${model.domain}`, `.svc.${model.domain}`, `.${model.domain}`];
  const names = client.expandsShortNames ? [host, ...suffixes.map((suffix) => host + suffix)] : [host];
  // A short form names a Service of the client's own namespace only; of others it has to be the full name.
  return names
    .map((name) => model.services.get(name))
    .find((service) => service?.hostname === host || service?.namespace === client.namespace);
};

const ofName = (name: string, model: MeshModel, client: ClientView): readonly Resource[] => {
  const [host = "", port] = name.split(":");
  const service = findService(host, model, client);
  const ports = service?.ports.filter(({ protocol }) => protocol !== "udp") ?? [];
  if (service === undefined) return [];
  return ports
    .filter(({ number }) => port === undefined || String(number) === port)
    .map(({ number }) => apiListener(`${host}:${number}`, service, number));
};

/** API listeners of the grpc dialect, named as they were asked for; without names, one for every Service port. */
export const apiListeners = (names: ReadonlySet<string>, model: MeshModel, client: ClientView): readonly Resource[] => {
  const wanted = names.size === 0 ? model.services.keys() : names;
  const listeners = [...wanted].flatMap((name) => ofName(name, model, client));
  return [...new Map(listeners.map((listener) => [listener.name, listener])).values()];
};
