import type { Service } from "./service.ts";

/** The Service range that kubeadm and kind use: 10.96.0.0/16, addresses 1 to 65534 of it. */
const RANGE = 65_534;

const toAddress = (index: number): string => `10.96.${(index + 1) >> 8}.${(index + 1) & 255}`;

/** FNV-1a, 32 bit. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
};

/**
 * Gives every Service its virtual IP: `spec.clusterIP`, else one that follows from its name, so that it is the same
 * after a restart of the control plane and clients keep their listeners.
 *
 * @param services in a stable order, which decides when two names want the same address.
 */
export const allocateVirtualIPs = (services: readonly Service[]): ReadonlyMap<Service, string> => {
  const result = new Map<Service, string>();
  const taken = new Set<string>();
  for (const service of services) {
    if (service.clusterIP === undefined) continue;
    result.set(service, service.clusterIP);
    taken.add(service.clusterIP);
  }
  for (const service of services) {
    if (result.has(service)) continue;
    let index = hash(`${service.namespace}/${service.name}`) % RANGE;
    while (taken.has(toAddress(index))) index = (index + 1) % RANGE;
    const address = toAddress(index);
    result.set(service, address);
    taken.add(address);
  }
  return result;
};
