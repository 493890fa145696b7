import type { CallOption, Context, ServiceInfo } from "@kitex-ts/core";
import { type StructDescriptor, serviceInfo, structDescriptor } from "../../src/index.ts";

export interface Tag {
  key: string;
  value?: string | undefined;
}
export const Tag: StructDescriptor<Tag> = /*@__PURE__*/ structDescriptor("Tag", [
  [1, "key", "string", 1],
  [2, "value", "string", 2],
]);

/** What every service of ours answers. */
export interface HealthService {
  /** Says that the process is alive. */
  ping(ctx: Context): Promise<string>;
  /** Reports an event; nobody waits for it. */
  notify(event: string, ctx: Context): Promise<void>;
}
/** What every service of ours answers. */
export interface HealthServiceClient {
  /** Says that the process is alive. */
  ping(...options: CallOption[]): Promise<string>;
  /** Reports an event; nobody waits for it. */
  notify(event: string, ...options: CallOption[]): Promise<void>;
}
/** What every service of ours answers. */
export const HealthService: ServiceInfo<HealthService, HealthServiceClient> = /*@__PURE__*/ serviceInfo({
  serviceName: "HealthService",
  packageName: "shared.base",
  methods: {
    ping: { name: "Ping", args: [], result: "string" },
    notify: { name: "notify", args: [[1, "event", "string"]], result: "void", oneway: true },
  },
});
