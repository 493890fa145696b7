import { describe, expect, it } from "vitest";
import { createMesh, formatProblem, MeshConfigError, type Problem } from "../src/index.ts";
import { BASE, ruleWith } from "./manifests.ts";

const ROUTE = "route: [{destination: {host: kitex-server}}]";

/** The findings in a source: errors when it is refused, else warnings. */
const problemsOf = async (...sources: readonly string[]): Promise<readonly Problem[]> => {
  await using mesh = createMesh();
  try {
    for (const source of sources) await mesh.apply(source);
    return mesh.warnings;
  } catch (error) {
    if (error instanceof MeshConfigError) return error.problems;
    throw error;
  }
};

const linesOf = async (...sources: readonly string[]): Promise<readonly string[]> =>
  (await problemsOf(...sources)).map(formatProblem);

describe("problems", () => {
  it("say file, line, column, object, path and what to write instead", async () => {
    const [problem] = await problemsOf(
      BASE,
      ruleWith("{match: [{uri: {exakt: /a}}], route: [{destination: {host: kitex-server}}]}"),
    );
    expect(problem).toMatchObject({
      severity: "error",
      file: "<text>",
      line: 8,
      column: 21,
      object: "VirtualService default/kitex-server",
      path: "spec.http[0].match[0].uri.exakt",
      message: 'unknown field "exakt"',
      hint: "did you mean exact?",
    });
    expect(formatProblem(problem as Problem)).toBe(
      '<text>:8:21: VirtualService default/kitex-server: spec.http[0].match[0].uri.exakt: unknown field "exakt" (did you mean exact?)',
    );
  });

  it("are all found in one pass", async () => {
    const lines = await linesOf(
      ruleWith("{match: [{port: http}, {uri: {exact: 1}}], timeout: soon, route: [{destination: {hots: a}}]}"),
    );
    expect(lines).toHaveLength(5);
  });
});

describe("errors", () => {
  it.each([
    ["a typo in a field", ruleWith("{rout: []}"), /http\[0\].rout: unknown field "rout" \(did you mean route\?\)/],
    ["no destination", ruleWith("{name: x}"), /has no destination/],
    ["weights of nothing", ruleWith("{route: [{destination: {host: a}}, {destination: {host: b}}]}"), /add up to 0/],
    ["a negative weight", ruleWith("{route: [{destination: {host: a}, weight: -1}]}"), /-1 is out of range/],
    ["a timeout of 0", ruleWith(`{timeout: 0s, ${ROUTE}}`), /at least 1ms .*leave it out/],
    ["a timeout without unit", ruleWith(`{timeout: "5", ${ROUTE}}`), /"5" is not a duration .*0\.5s/],
    ["a number as timeout", ruleWith(`{timeout: 5, ${ROUTE}}`), /expected text, found 5 .*quote it: "5"/],
    ["a bad expression", ruleWith(`{match: [{uri: {regex: "(a"}}], ${ROUTE}}`), /not a valid regular expression/],
    ["two kinds of match", ruleWith(`{match: [{uri: {exact: a, prefix: b}}], ${ROUTE}}`), /exact and prefix together/],
    ["an empty uri match", ruleWith(`{match: [{uri: {}}], ${ROUTE}}`), /needs one of exact, prefix or regex/],
    [
      "a header that is none",
      ruleWith(`{match: [{headers: {"a b": {exact: c}}}], ${ROUTE}}`),
      /"a b" is not a header name/,
    ],
    [
      "a retry condition",
      ruleWith(`{retries: {attempts: 1, retryOn: "5xx,sometimes"}, ${ROUTE}}`),
      /"sometimes" is not a retry/,
    ],
    [
      "a boolean for kubectl",
      ruleWith(`{match: [{headers: {a: {exact: on}}}], ${ROUTE}}`),
      /reads on as a boolean.*"on"/,
    ],
    ["a list that is none", ruleWith("{route: {destination: {host: a}}}"), /expected a list, found a mapping/],
    ["an unknown version", BASE.replace("istio.io/v1", "istio.io/v2"), /v2 is not a known version .*istio.io\/v1 or/],
    [
      "a kind that does not exist",
      ruleWith(`{${ROUTE}}`).replace("VirtualService", "VirtualServce"),
      /did you mean VirtualService/,
    ],
    ["a core kind that does not exist", BASE.replace("kind: Service", "kind: Servise"), /did you mean Service/],
    ["no kind", "metadata: {name: a}\n", /field apiVersion is missing/],
    ["no name", "apiVersion: v1\nkind: Service\nmetadata: {}\n", /field name is missing/],
    ["no YAML", "a: b: c\n", /not valid YAML/],
    ["a text instead of objects", "just\nwords\n", /expected a mapping, found the text "just words"/],
    ["absurd nesting", `${"[".repeat(20_000)}\n`, /cannot be read as YAML|not valid YAML/],
    ["the same object twice", `${BASE}\n---\n${BASE}`, /Service default\/kitex-server is defined twice .*<text>:2/],
    ["a Service without ports", BASE.replace(/ports: .*/, "ports: []"), /needs at least one port/],
    ["a port twice", BASE.replace("[{port", "[{name: a, port: 80}, {name: b, port"), /port 80 is listed twice/],
    ["unnamed ports", BASE.replace("[{port", "[{port: 81}, {port"), /a port without a name/],
    ["a subset twice", BASE.replace("name: v2,", "name: v1,"), /subset v1 is listed twice/],
    [
      "a slice without its Service",
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\n",
      /label kubernetes.io\/service-name is missing/,
    ],
  ])("%s", async (_what, source, expected) => {
    expect((await linesOf(source)).join("\n")).toMatch(expected);
  });
});

describe("warnings", () => {
  it("are none for what is served", async () => {
    expect(await linesOf(BASE, ruleWith(`{${ROUTE}}`))).toEqual([]);
  });

  it.each([
    [
      "a field that is not served",
      ruleWith(`{mirror: {host: a}, ${ROUTE}}`),
      /mirror: ignored by the embedded control plane/,
    ],
    ["a route that is not served", ruleWith("{redirect: {uri: /a}}"), /redirect is not served .* left out/],
    ["a kind that is not served", ruleWith(`{${ROUTE}}`).replace("VirtualService", "Gateway"), /Gateway is ignored/],
    ["a route that hides others", ruleWith(`{${ROUTE}}\n  - {${ROUTE}}`), /routes after it are never reached/],
    ["an unknown host", ruleWith(`{${ROUTE}}`).replace("[kitex-server]", "[nobody]"), /hosts\[0\]: no Service nobody/],
    [
      "a half-short name",
      ruleWith("{route: [{destination: {host: kitex-server.default}}]}"),
      /no Service kitex-server.default.*write kitex-server.default.svc.cluster.local/,
    ],
    [
      "an unknown subset",
      ruleWith("{route: [{destination: {host: kitex-server, subset: v3}}]}"),
      /no subset v3 of kitex-server.*defines v1, v2/,
    ],
    [
      "an unknown port",
      ruleWith("{route: [{destination: {host: kitex-server, port: {number: 81}}}]}"),
      /kitex-server has no port 81/,
    ],
    [
      "a second rule for a host",
      `${ruleWith(`{${ROUTE}}`)}\n---\n${ruleWith(`{${ROUTE}}`).replace("{name: k", "{name: z-k")}`,
      /z-kitex-server: spec.hosts\[0\]: has no effect: .* already has the VirtualService default\/kitex-server/,
    ],
    [
      "a rule for gateways",
      ruleWith(`{${ROUTE}}`).replace("  http:", "  gateways: [g]\n  http:"),
      /bound to gateways only/,
    ],
    [
      "a policy that is not served",
      BASE.replace("  subsets:", "  trafficPolicy: {tls: {mode: SIMPLE}}\n  subsets:"),
      /tls: ignored/,
    ],
    [
      "a headless Service",
      BASE.replace("  selector:", "  clusterIP: None\n  selector:"),
      /headless Services are ignored/,
    ],
    [
      "a selector for nobody",
      BASE.replace("selector: {app: kitex-server}", "selector: {app: kitex}"),
      /matches no Deployment/,
    ],
  ])("%s", async (_what, source, expected) => {
    expect((await linesOf(BASE, source)).join("\n")).toMatch(expected);
  });

  it("follow the state: a repaired reference is no longer reported", async () => {
    await using mesh = createMesh();
    await mesh.apply(ruleWith(`{${ROUTE}}`));
    expect(mesh.warnings).not.toEqual([]);
    await mesh.apply(BASE);
    expect(mesh.warnings).toEqual([]);
  });
});

describe("what is accepted", () => {
  it("other kinds, lists, JSON, anchors and all served versions of a rule", async () => {
    await using mesh = createMesh();
    const { objects } = await mesh.apply(`
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: &ns shop}}
- {apiVersion: v1, kind: Namespace, metadata: {name: *ns}}
- {apiVersion: example.com/v1, kind: Anything, metadata: {name: b, namespace: *ns}}
---
# nothing
---
{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "c"}}
`);
    expect(objects).toEqual(["ConfigMap shop/a", "Namespace shop", "Anything shop/b", "ServiceAccount default/c"]);
    for (const version of ["v1", "v1beta1", "v1alpha3"]) {
      await mesh.apply(ruleWith(`{${ROUTE}}`).replace("io/v1", `io/${version}`));
    }
  });
});

describe("setEndpoints()", () => {
  it.each([
    [{ address: "127.0.0.1:1" }, /name one of deployment and service/],
    [{ service: "a", deployment: "b", address: "127.0.0.1:1" }, /name one of deployment and service/],
    [{ service: "a" }, /field address is missing/],
    [{ service: "a", address: "localhost:80" }, /"localhost:80" is not ip:port/],
    [{ service: "a", address: "127.0.0.1:70000" }, /not ip:port/],
    [{ service: "a", adress: "127.0.0.1:1" }, /did you mean address\?/],
    ["kitex-server", /expected a mapping/],
  ])("refuses %j", (endpoint, message) => {
    const mesh = createMesh();
    expect(() => mesh.setEndpoints([endpoint as never])).toThrow(MeshConfigError);
    expect(() => mesh.setEndpoints([endpoint as never])).toThrow(message);
  });

  it("warns about a Deployment or Service that is not there", async () => {
    await using mesh = createMesh();
    await mesh.apply(BASE);
    mesh.setEndpoints([
      { deployment: "kitex-server-v3", address: "127.0.0.1:1" },
      { service: "nobody.shop", address: "127.0.0.1:1" },
    ]);
    expect(mesh.warnings.map(({ message }) => message)).toEqual([
      "no Deployment default/kitex-server-v3",
      "no Service shop/nobody: nothing is sent there",
    ]);
  });
});
