/** Full name of the Service in {@link BASE}. */
export const HOST = "kitex-server.default.svc.cluster.local";

/** A Service with two versions and no rules. */
export const BASE = `
apiVersion: v1
kind: Service
metadata: {name: kitex-server}
spec:
  selector: {app: kitex-server}
  ports: [{port: 80, targetPort: 8888}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: kitex-server-v1}
spec: {template: {metadata: {labels: {app: kitex-server, version: v1}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: kitex-server-v2}
spec: {template: {metadata: {labels: {app: kitex-server, version: v2}}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: kitex-server}
spec:
  host: kitex-server
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
`;

/** The rule that divides calls between v1 and v2. */
export const weightedRule = (percentToV1: number): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: kitex-server}
spec:
  hosts: [kitex-server]
  http:
  - route:
    - {destination: {host: kitex-server, subset: v1}, weight: ${percentToV1}}
    - {destination: {host: kitex-server, subset: v2}, weight: ${100 - percentToV1}}
`;

/** A VirtualService with the given entry of `spec.http`. */
export const ruleWith = (http: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: kitex-server}
spec:
  hosts: [kitex-server]
  http:
  - ${http}
`;
