/**
 * An embedded control plane for demos, development and tests: Kubernetes and Istio YAML in, real xDS over ADS out.
 *
 * ```ts
 * await using mesh = createMesh();
 * await mesh.apply("k8s/base");
 * mesh.setEndpoints([{ deployment: "kitex-server-v1", address: "127.0.0.1:18888" }]);
 * const { host, port } = await mesh.listen();
 * ```
 */
export type { MeshAddress } from "./ads/ads-server.ts";
export {
  formatProblem,
  MeshConfigError,
  MeshError,
  type MeshErrorKind,
  type Position,
  type Problem,
} from "./errors.ts";
export type { MeshClient, MeshEventName, MeshEvents } from "./events.ts";
export { type ApplyResult, createMesh, type Mesh } from "./mesh.ts";
export type { RunningEndpoint } from "./model/running-endpoint.ts";
export type { MeshOptions, ResolvedMeshOptions } from "./options.ts";
export type { ResourceTypeName } from "./resources/generator.ts";
export { type MeshEvent, type ServedMesh, type ServeOptions, serve } from "./serve.ts";
