// What `kitex-ts gen` prints for a small IDL, without types, so that every Node can load it as it is.
const make = ({ serviceInfo, structDescriptor }) => {
  const Request = structDescriptor("Request", [[1, "message", "string"]]);
  const Response = structDescriptor("Response", [[1, "message", "string"]]);
  return serviceInfo({
    serviceName: "GreetService",
    packageName: "greet",
    methods: {
      sayHello: { name: "SayHello", args: [[1, "request", () => Request]], result: () => Response },
    },
  });
};

/** Serves, calls directly, then calls through the mesh; throws when an answer is not what it should be. */
const check = async ({ kitex, codegen, xds, mesh }) => {
  const { callopt, client, closeClient, createClient, createServer, server, RPCError } = kitex;
  const GreetService = make(codegen);
  const expect = (actual, expected) => {
    if (actual !== expected) throw new Error(`expected ${expected}, got ${actual}`);
  };
  const serve = async (version) => {
    const svr = createServer(server.withServiceAddr("127.0.0.1:0")).registerService(GreetService, {
      sayHello: async (request) => ({ message: `Hello ${request.message} from ${version}` }),
    });
    return { svr, address: await svr.start() };
  };
  const v1 = await serve("v1");
  const v2 = await serve("v2");

  const direct = createClient(GreetService, v1.address, client.withRPCTimeout(2000));
  expect((await direct.sayHello({ message: "direct" })).message, "Hello direct from v1");
  await closeClient(direct);

  const plane = mesh.createMesh();
  await plane.apply(`
apiVersion: v1
kind: Service
metadata: {name: greet, namespace: default}
spec: {selector: {app: greet}, ports: [{port: 80, targetPort: 8888}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: greet, namespace: default}
spec:
  host: greet
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: greet, namespace: default}
spec:
  hosts: [greet]
  http:
    - match: [{headers: {stage: {exact: canary}}}]
      route: [{destination: {host: greet, subset: v2}}]
    - route: [{destination: {host: greet, subset: v1}}]
`);
  plane.setEndpoints([
    { service: "greet.default", labels: { app: "greet", version: "v1" }, address: v1.address },
    { service: "greet.default", labels: { app: "greet", version: "v2" }, address: v2.address },
  ]);
  const { host, port } = await plane.listen();
  Object.assign(process.env, { POD_NAMESPACE: "default", POD_NAME: "smoke-1", INSTANCE_IP: "127.0.0.1" });
  const manager = await xds.init(xds.withXDSServerAddress(`${host}:${port}`));
  const greet = createClient(
    GreetService,
    "greet.default.svc.cluster.local:80",
    client.withXDSSuite(xds.clientSuite()),
  );
  expect((await greet.sayHello({ message: "mesh" })).message, "Hello mesh from v1");
  expect((await greet.sayHello({ message: "mesh" }, callopt.withTag("stage", "canary"))).message, "Hello mesh from v2");
  const unknown = createClient(
    GreetService,
    "nobody.default.svc.cluster.local:80",
    client.withXDSSuite(xds.clientSuite()),
  );
  const error = await unknown.sayHello({ message: "x" }).catch((reason) => reason);
  expect(error instanceof RPCError && error.kind, "service_discovery");

  for (const each of [greet, unknown]) await closeClient(each);
  await manager.close();
  await plane.close();
  await v1.svr.stop();
  await v2.svr.stop();
};

module.exports = { check, make };
