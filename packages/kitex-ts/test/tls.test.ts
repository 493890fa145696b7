// TLS as a user turns it on: every transport, every use of connections, what each side says when the other is not what it should be, and
// certificates that are replaced while calls run.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@kitex-ts/testing";
import { describe, expect, it } from "vitest";
import { Authority, type Issued } from "../../transport/test/support/certificates.ts";
import { client, createClient, diagnosis, type RPCError, server, TransportError } from "../src/index.ts";
import { Probe, type ProbeClient } from "./kitex_gen/probe/probe.ts";
import { underLoad } from "./support/load.ts";
import { errorOf, probeHandler } from "./support/probe.ts";
import { Relay } from "./support/relay.ts";
import { eventually } from "./support/waiting.ts";

const authority = new Authority();
const { ca } = authority;
const NAMES = ["localhost", "127.0.0.1"];
const SPIFFE = "spiffe://cluster.local/ns/shop/sa/cart";
const serverCertificate = authority.issue({ commonName: "server", names: NAMES });
const cart = authority.issue({ commonName: "cart", names: [SPIFFE] });

const protocols = ["TTHeader", "TTHeaderFramed", "Framed", "PurePayload"] as const;
type Protocol = (typeof protocols)[number];

const uses: Readonly<Record<string, (protocol: Protocol) => readonly client.ClientOption[]>> = {
  short: () => [client.withShortConnection()],
  pool: () => [client.withLongConnection()],
  mux: (protocol) => (protocol.startsWith("TTHeader") ? [client.withMuxConnection()] : []),
};
const ways = protocols.flatMap((protocol) =>
  Object.entries(uses)
    .filter(([use]) => use !== "mux" || protocol.startsWith("TTHeader"))
    .map(([use, optionsFor]) => ({
      protocol,
      use,
      options: [client.withTransportProtocol(protocol), ...optionsFor(protocol)],
    })),
);

/** A handler that tells callers who they have proven to be. */
const whoami = probeHandler({ find: async (name, ctx) => `${name} ${ctx.rpcInfo.from.identity ?? "nobody"}` });

interface Watched extends TestServer<ProbeClient> {
  /** What the server has reported. */
  readonly reports: RPCError[];
}

const start = async (
  tls: server.ServerTLSOptions,
  clientOptions: readonly client.ClientOption[],
  ...serverOptions: readonly server.ServerOption[]
): Promise<Watched> => {
  const reports: RPCError[] = [];
  const note = (fields: Readonly<Record<string, unknown>>): void => void reports.push(fields["error"] as RPCError);
  const running = await startTestServer(
    Probe,
    whoami,
    server.withLogger({ warn: note, error: note }),
    server.withTLS({ logger: { warn: note, error: note }, ...tls }),
    ...serverOptions,
    ...clientOptions,
  );
  return { ...running, reports };
};

const connectionsOf = (own: object): number => {
  const { addresses } = diagnosis(own).transport as { addresses: readonly { connections: number }[] };
  return addresses.reduce((sum, { connections }) => sum + connections, 0);
};

describe.each(ways)("$protocol, $use", ({ use, options }) => {
  for (const [name, isMutual] of [
    ["TLS", false],
    ["mTLS", true],
  ] as const) {
    it(`carries calls of every size and oneway calls over ${name}`, async () => {
      await using running = await start(
        { ...serverCertificate, ...(isMutual ? { ca, clientAuth: "require" as const } : {}) },
        [client.withTLS({ ca, ...(isMutual ? cart : {}) }), ...options],
      );
      const probe = running.client;
      const texts = ["", "x", "x".repeat(20_000), "x".repeat(1_000_000)];
      const answers = await Promise.all(texts.map((text) => probe.echo({ text })));
      expect(answers.map(({ text }) => text.length)).toEqual(texts.map((text) => text.length));
      expect(await probe.find("x")).toBe(`x ${isMutual ? SPIFFE : "nobody"}`);
      await probe.note("noted");
      if (use === "mux") expect(connectionsOf(probe)).toBe(1);
      expect(running.reports).toEqual([]);
    });
  }

  it("works over a unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kitex-tls-"));
    try {
      const address = `unix:${join(folder, "s")}`;
      await using running = await start(
        { ...serverCertificate, ca, clientAuth: "require" },
        [client.withTLS({ ca, ...cart, serverName: "localhost" }), ...options],
        server.withServiceAddr(address),
      );
      expect(await running.client.find("x")).toBe(`x ${SPIFFE}`);
      expect(await running.client.echo({ text: "y".repeat(300_000) })).toHaveProperty("text.length", 300_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("meets a server of another authority with an error that says so; nothing was sent", async () => {
    await using running = await start(new Authority("Other CA").issue({ commonName: "server", names: NAMES }), [
      client.withTLS({ ca }),
      ...options,
    ]);
    const error = await errorOf(running.client.find("x"));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      kind: "get_connection",
      code: "tls_failed",
      requestWritten: false,
      address: running.address,
      method: "Find",
    });
    expect(error.message).toMatch(/is not from an authority that ca names/);
  });

  it("in plaintext at a port of TLS is told what to do", async () => {
    await using running = await start(serverCertificate, options);
    const error = await errorOf(running.client.find("x"));
    expect(error).toMatchObject({ kind: "remote_or_network", address: running.address });
    expect(error.message).toMatch(/see client\.withTLS/);
    await eventually(() => running.reports.length > 0);
    expect(running.reports[0]).toMatchObject({ code: "plaintext_refused" });
  });

  it("with TLS at a plaintext port is told what to look at; nothing was sent", async () => {
    await using running = await startTestServer(
      Probe,
      whoami,
      server.withLogger({ warn: () => {}, error: () => {} }),
      client.withTLS({ ca }),
      ...options,
    );
    const error = await errorOf(running.client.find("x"));
    expect(error).toMatchObject({ kind: "get_connection", code: "tls_failed", requestWritten: false });
    expect(error.message).toMatch(/does it serve TLS\?/);
  });

  it("without a certificate where one is required is told so", async () => {
    await using running = await start({ ...serverCertificate, ca, clientAuth: "require" }, [
      client.withTLS({ ca }),
      ...options,
    ]);
    const error = await errorOf(running.client.find("x"));
    expect(error.message).toMatch(/refused (the TLS connection|our certificate)/);
    await eventually(() => running.reports.length > 0);
    expect(running.reports[0]?.message).toMatch(/has shown no certificate, and one is required/);
  });
});

describe("an expired certificate", () => {
  const expired = (names: readonly string[]): Issued => authority.issue({ commonName: "old", names, isExpired: true });

  it("of the server is refused by the client", async () => {
    await using running = await start(expired(NAMES), [client.withTLS({ ca })]);
    const error = await errorOf(running.client.find("x"));
    expect(error).toMatchObject({ code: "tls_failed", requestWritten: false });
    expect(error.message).toMatch(/has expired/);
  });

  it("of the client is refused by the server", async () => {
    await using running = await start({ ...serverCertificate, ca, clientAuth: "require" }, [
      client.withTLS({ ca, ...expired([SPIFFE]) }),
    ]);
    const error = await errorOf(running.client.find("x"));
    expect(error.message).toMatch(/has the server refused our certificate\? Its log says why/);
    expect(running.reports[0]).toMatchObject({ code: "tls_client_refused" });
    expect(running.reports[0]?.message).toMatch(/CERT_HAS_EXPIRED/);
  });
});

describe("a hook that verifies", () => {
  const only =
    (id: string) =>
    (certificate: { readonly subjectAltName?: string | undefined }): string | undefined =>
      certificate.subjectAltName === `URI:${id}` ? undefined : `${certificate.subjectAltName} is not ${id}`;

  it("on the server lets in whom it knows, and nobody else", async () => {
    await using running = await start({ ...serverCertificate, ca, clientAuth: "require", verify: only(SPIFFE) }, [
      client.withTLS({ ca, ...cart }),
    ]);
    expect(await running.client.find("x")).toBe(`x ${SPIFFE}`);
    const stranger = authority.issue({ commonName: "other", names: ["spiffe://cluster.local/ns/shop/sa/other"] });
    await using other = createClient(Probe, running.address, client.withTLS({ ca, ...stranger }));
    expect((await errorOf(other.find("x"))).message).toMatch(/has the server refused our certificate\?/);
    expect(running.reports[0]?.message).toMatch(/sa\/other is not spiffe/);
  });

  it("on the client speaks to whom it knows, in place of a host name", async () => {
    await using running = await start({ ...cart }, [
      client.withTLS({ ca, verifyHostname: false, verify: only(SPIFFE) }),
    ]);
    expect(await running.client.find("x")).toBe("x nobody");
    await using wary = createClient(
      Probe,
      running.address,
      client.withTLS({ ca, verifyHostname: false, verify: only("spiffe://cluster.local/ns/bank/sa/till") }),
    );
    const error = await errorOf(wary.find("x"));
    expect(error).toMatchObject({ kind: "get_connection", code: "tls_failed", requestWritten: false });
    expect(error.message).toMatch(/verify refused the server: .*sa\/cart is not spiffe/);
  });
});

describe("names and protocols", () => {
  it("SNI chooses among certificates, and a name without one is refused by the client", async () => {
    const a = authority.issue({ commonName: "a", names: ["a.test"] });
    const b = authority.issue({ commonName: "b", names: ["*.b.test"] });
    await using running = await start({ ...serverCertificate, sniContexts: { "a.test": a, "*.b.test": b } }, []);
    for (const serverName of ["a.test", "x.b.test", "y.b.test", "localhost"]) {
      await using named = createClient(Probe, running.address, client.withTLS({ ca, serverName }));
      expect(await named.find("x"), serverName).toBe("x nobody");
    }
    for (const serverName of ["c.test", "b.test"]) {
      await using named = createClient(Probe, running.address, client.withTLS({ ca, serverName }));
      expect((await errorOf(named.find("x"))).message, serverName).toMatch(/is for another name/);
    }
  });

  it("ALPN is agreed on, and a client that offers only what is not spoken is refused", async () => {
    await using running = await start({ ...serverCertificate, alpn: ["kitex"] }, [
      client.withTLS({ ca, alpn: ["other", "kitex"] }),
    ]);
    expect(await running.client.find("x")).toBe("x nobody");
    await using other = createClient(Probe, running.address, client.withTLS({ ca, alpn: ["h2"] }));
    expect(await errorOf(other.find("x"))).toMatchObject({ code: "tls_failed", requestWritten: false });
  });
});

describe("a permissive port", () => {
  it("takes plaintext and TLS of all transports at once", async () => {
    await using running = await start({ ...serverCertificate, ca, clientAuth: "require", mode: "permissive" }, []);
    const kinds = ways.flatMap((way) => [
      { ...way, security: client.withTLS({ ca, ...cart }), who: SPIFFE },
      { ...way, security: undefined, who: "nobody" },
    ]);
    await Promise.all(
      kinds.map(async ({ options, security, who }) => {
        // A hundred handshakes at once take their time.
        const patient = client.withConnectTimeout(20_000);
        await using own = createClient(Probe, running.address, ...options, security, patient);
        const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => own.find(String(index))));
        expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => `${index} ${who}`));
      }),
    );
    expect(running.reports).toEqual([]);
  });
});

/** Certificates that change while somebody uses them. */
class Rotating {
  #current: { ca: readonly string[]; cert: string; key: string };

  constructor(trusted: readonly string[], issued: Issued) {
    this.#current = { ca: trusted, ...issued };
  }

  readonly current = (): { ca: readonly string[]; cert: string; key: string } => this.#current;

  set(trusted: readonly string[], issued: Issued): void {
    this.#current = { ca: trusted, ...issued };
  }
}

describe("certificates that are replaced", () => {
  const DRAIN_MS = 400;
  const next = new Authority("Next CA");
  const nextCart = `${SPIFFE}2`;

  it.each(ways)(
    "cost no call under load, and old connections go ($protocol, $use)",
    async ({ options }) => {
      const served = new Rotating([ca], serverCertificate);
      const shown = new Rotating([ca], cart);
      await using running = await start({ provider: served, clientAuth: "require", drainTimeoutMs: Infinity }, [
        client.withTLS({ provider: shown, drainTimeoutMs: DRAIN_MS }),
        ...options,
      ]);
      const seen = new Set<string>();
      const load = underLoad(async () => seen.add(await running.client.find("x")), 8);
      await load.more(50);
      // As one does it: first both authorities are trusted, then certificates change, then the old one is dropped.
      served.set([ca, next.ca], serverCertificate);
      shown.set([ca, next.ca], cart);
      await load.more(50);
      served.set([ca, next.ca], next.issue({ commonName: "server", names: NAMES }));
      shown.set([ca, next.ca], next.issue({ commonName: "cart", names: [nextCart] }));
      await eventually(() => seen.has(`x ${nextCart}`));
      // From some moment on nobody is the old one any more.
      do {
        seen.clear();
        await load.more(50);
      } while (seen.has(`x ${SPIFFE}`));
      served.set([next.ca], next.issue({ commonName: "server", names: NAMES }));
      await load.more(200);
      expect(await load.end()).toEqual([]);
      expect(seen).toEqual(new Set([`x ${nextCart}`]));
      expect(running.reports).toEqual([]);
    },
    15_000,
  );

  it.each(ways.filter(({ protocol }) => protocol.startsWith("TTHeader")))(
    "on the server send clients to new connections without cost ($protocol, $use)",
    async ({ options }) => {
      const served = new Rotating([ca], serverCertificate);
      await using running = await start({ provider: served, clientAuth: "require", drainTimeoutMs: DRAIN_MS }, [
        client.withTLS({ ca, ...cart, drainTimeoutMs: Infinity }),
        ...options,
      ]);
      await running.client.find("x");
      const untilRefused = async (): Promise<RPCError> => {
        for (;;) {
          try {
            await running.client.find("x");
          } catch (error) {
            return error as RPCError;
          }
        }
      };
      const callers = Promise.all(Array.from({ length: 8 }, untilRefused));
      // The authority of the clients is withdrawn: they are let in no more, and those who were in before must go.
      served.set([next.ca], serverCertificate);
      // Who fails is one that comes anew; no call on its way has been lost.
      for (const error of await callers) {
        expect(error.message).toMatch(/refused (the TLS connection|our certificate)/);
      }
    },
    15_000,
  );

  it.each(["Framed", "PurePayload"] as const)(
    "on the server close what is quiet, where nobody can be asked (%s)",
    async (protocol) => {
      const served = new Rotating([ca], serverCertificate);
      await using running = await start({ provider: served, clientAuth: "require", drainTimeoutMs: DRAIN_MS }, [
        client.withTLS({ ca: [ca, next.ca], ...cart }),
        client.withTransportProtocol(protocol),
      ]);
      expect(await running.client.find("x")).toBe(`x ${SPIFFE}`);
      served.set([ca], next.issue({ commonName: "server", names: NAMES }));
      await eventually(() => connectionsOf(running.client) === 0);
      expect(await running.client.find("x")).toBe(`x ${SPIFFE}`);
      expect(running.reports).toEqual([]);
    },
  );

  it("let calls end that run longer than the change, but not longer than the drain timeout", async () => {
    const shown = new Rotating([ca], cart);
    let letGo: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await using running = await startTestServer(
      Probe,
      probeHandler({
        find: async (name, ctx) => {
          if (name === "slow") await gate;
          return ctx.rpcInfo.from.identity ?? "";
        },
        reset: () => new Promise(() => {}),
      }),
      server.withLogger({ warn: () => {}, error: () => {} }),
      server.withTLS({ ...serverCertificate, ca: [ca, next.ca], clientAuth: "require" }),
      client.withTLS({ provider: shown, drainTimeoutMs: DRAIN_MS }),
    );
    const { client: probe } = running;
    await probe.find("x");
    const slow = probe.find("slow");
    const endless = errorOf(probe.reset());
    shown.set([ca], next.issue({ commonName: "cart", names: [nextCart] }));
    await eventually(() => connectionsOf(probe) === 2);
    expect(await probe.find("x")).toBe(nextCart);
    letGo();
    expect(await slow).toBe(SPIFFE);
    const error = await endless;
    expect(error).toMatchObject({ kind: "remote_or_network", code: "certificates_replaced", requestWritten: true });
    expect(error.message).toMatch(/certificates .* were replaced, and its calls have not ended within drainTimeoutMs/);
    expect(await probe.find("x")).toBe(nextCart);
  });

  it("and cannot be used leave the old connection in use as long as they may", async () => {
    const shown = new Rotating([ca], cart);
    await using running = await start({ ...serverCertificate, ca, clientAuth: "require" }, [
      client.withTLS({ provider: shown, drainTimeoutMs: DRAIN_MS }),
    ]);
    await running.client.find("x");
    // Nobody trusts this one.
    shown.set([ca], new Authority("Nobody's CA").issue({ commonName: "cart", names: [SPIFFE] }));
    const load = underLoad(() => running.client.find("x"), 2);
    await load.failed;
    const failures = (await load.end()) as RPCError[];
    for (const error of failures) expect(error.message).toMatch(/refused|certificates .* were replaced/);
    expect(load.count).toBeGreaterThan(10);
  });

  it("as files are read anew, under load, with a client that does the same", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kitex-tls-"));
    const file = (name: string): string => join(folder, name);
    const replace = (name: string, text: string): void => {
      writeFileSync(file("new"), text);
      renameSync(file("new"), file(name));
    };
    const put = (side: string, { cert, key }: Issued): void => {
      replace(`${side}.key`, key);
      replace(`${side}.cert`, cert);
    };
    try {
      put("server", serverCertificate);
      put("client", cart);
      replace("ca", ca);
      const files = (side: string) => ({
        caFile: file("ca"),
        certFile: file(`${side}.cert`),
        keyFile: file(`${side}.key`),
        drainTimeoutMs: DRAIN_MS,
        logger: { warn: () => {}, error: () => {} },
      });
      await using running = await start({ ...files("server"), clientAuth: "require" }, [
        client.withTLS(files("client")),
      ]);
      const seen = new Set<string>();
      const load = underLoad(async () => seen.add(await running.client.find("x")), 8);
      await load.more(50);
      replace("ca", `${ca}${next.ca}`);
      // Files are looked at once a second; both sides have to know both authorities before certificates change.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      put("client", next.issue({ commonName: "cart", names: [nextCart] }));
      put("server", next.issue({ commonName: "server", names: NAMES }));
      await eventually(() => seen.has(`x ${nextCart}`));
      await load.more(200);
      expect(await load.end()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 30_000);
});

describe("a peer behind a slow line is not taken for one that does not read", () => {
  const large = new Uint8Array(24 * 1024 * 1024);
  const stallMs = 400;

  it.each([
    ["request", large, undefined],
    ["answer", undefined, large],
  ] as const)("a large %s", async (_name, request, answer) => {
    await using running = await startTestServer(
      Probe,
      probeHandler({ echo: async () => ({ text: "done", payload: answer }) }),
      server.withTLS(serverCertificate),
      server.withReadTimeout(stallMs),
    );
    await using relay = await Relay.to(running.address);
    await using probe = createClient(
      Probe,
      relay.address,
      client.withTLS({ ca, serverName: "localhost" }),
      client.withKeepalive({ timeMs: stallMs / 2, timeoutMs: stallMs / 2 }),
    );
    await probe.find("the peer knows heartbeats");
    relay.restMs = 8;
    const { text, payload } = await probe.echo({ text: "large", payload: request });
    expect(text).toBe("done");
    expect(payload?.length).toBe(answer?.length);
    expect(relay.accepted).toBe(1);
  });
});
