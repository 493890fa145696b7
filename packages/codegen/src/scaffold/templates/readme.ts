import type { Outline } from "../outline.ts";
import type { ProjectPackages } from "./package.ts";

/** Explains the project to whoever opens it next: run, call, change, deploy. */
export const readmeTemplate = (
  name: string,
  { serviceName, module, methods, idl }: Outline,
  { note }: ProjectPackages,
): string => `# ${name}

A service over Thrift, made with kitex-ts. Its contract is \`${idl}\`.

## Run it

\`\`\`sh
npm install
npm start
\`\`\`

\`npm start\` compiles and serves ${serviceName} on port 8888 (\`SERVICE_ADDR=127.0.0.1:9999 npm start\` for another address). Ctrl-C lets running
calls end, then stops. On Node 22.18 or newer, \`node server.ts\` does the same without compiling.
${note === undefined ? "" : `\n${note}\n`}
## Call it

In another terminal:

\`\`\`sh
npm run call
\`\`\`

\`client.ts\` is the caller; \`DESTINATION=host:port npm run call\` sends it elsewhere. Go services built with Kitex call this server as they call each other.

## Change it

| file | what it is |
|---|---|
| \`${idl}\` | the contract |
| \`handlers/\` | one file per method: ${methods.map(({ file }) => `\`${file}.ts\``).join(", ")} |
| \`server.ts\`, \`client.ts\` | where they are put together |
| \`${module}\` | generated from the contract; not edited |

After a change of the contract:

\`\`\`sh
npm run generate
\`\`\`

It brings \`kitex_gen/\` up to date and adds a file in \`handlers/\` for every new method. Files you wrote are never touched: where a method changed, the
compiler shows what has to follow. \`npm run check\` fails when generated code is stale or a type does not fit; run it in CI.

## Deploy it

\`\`\`sh
docker build -t ${name}:latest .
kubectl apply -k k8s
\`\`\`

Set \`image\` in \`k8s/deployment.yaml\` to where you pushed it. In the cluster, callers reach the service as \`${name}.default.svc.cluster.local:80\`.

## In a mesh

With Istio, a caller takes part without a sidecar: it asks istiod for routes and endpoints itself. Add the package (\`npm install @kitex-ts/xds\`), and
one option:

\`\`\`ts
import * as xds from "@kitex-ts/xds";

await using manager = await xds.init(); // POD_NAMESPACE, POD_NAME and INSTANCE_IP come from the pod
const caller = createClient(${serviceName}, "${name}.default.svc.cluster.local:80", client.withXDSSuite(xds.clientSuite(manager)));
\`\`\`

VirtualServices then route its calls by tag, method and weight. To try rules without a cluster, see \`npx kitex-ts mesh serve --help\`.
`;
