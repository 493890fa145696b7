/** Files that git and Docker leave alone. */
export const ignoreTemplate = (...more: readonly string[]): string =>
  `${["node_modules/", "dist/", ...more].join("\n")}\n`;

export const dockerfileTemplate = (name: string, hasVendor: boolean): string => `# docker build -t ${name}:latest .
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json* ./
${hasVendor ? "COPY vendor ./vendor\n" : ""}RUN npm install --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8888
CMD ["node", "dist/server.js"]
`;

export const kustomizationTemplate = (): string => `# kubectl apply -k k8s
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - service.yaml
`;

export const deploymentTemplate = (
  name: string,
): string => `# The server. It takes part in a mesh without a sidecar: callers that use xDS route to it by themselves.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  replicas: 2
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}, version: v1}
      annotations:
        sidecar.istio.io/inject: "false"
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: ${name}
          image: ${name}:latest
          imagePullPolicy: IfNotPresent
          ports:
            - containerPort: 8888
          readinessProbe:
            tcpSocket: {port: 8888}
            periodSeconds: 5
          livenessProbe:
            tcpSocket: {port: 8888}
            periodSeconds: 10
          resources:
            requests: {cpu: 50m, memory: 64Mi}
            limits: {memory: 256Mi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
`;

export const serviceTemplate = (name: string): string => `# What callers name: ${name}.default.svc.cluster.local:80.
#
# The port has no name on purpose: Istio then detects the protocol, and the http rules of a VirtualService reach callers that use xDS.
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  selector: {app: ${name}}
  ports:
    - port: 80
      targetPort: 8888
`;
