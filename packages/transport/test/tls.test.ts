// TLS and mTLS on every transport, between our client and our server, and what each says when the other is not what it should be.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTLS } from "node:tls";
import { RPCError, type TransportProtocol } from "@kitex-ts/core";
import type { Attempt, Logger, Security, TLSMaterial } from "@kitex-ts/core/spi";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ClientTLSOptions,
  type ClientTransport,
  clientSecurity,
  createListener,
  openClientTransport,
  type ServerTLSOptions,
  serverSecurity,
  type TransportProfile,
  transportProfile,
} from "../src/index.ts";
import { uriOf } from "../src/tls/peer.ts";
import {
  attemptTo,
  callEcho,
  closeAll,
  entryOf,
  type Handler,
  type Running,
  serve,
  silent,
  transport,
} from "./harness.ts";
import { Authority } from "./support/certificates.ts";

const authority = new Authority();
const { ca } = authority;
const localhost = authority.issue({ commonName: "server", names: ["localhost", "127.0.0.1"] });
const SPIFFE = "spiffe://cluster.local/ns/shop/sa/cart";
const cart = authority.issue({ commonName: "cart", names: [SPIFFE] });

const opened: ClientTransport[] = [];
const folders: string[] = [];
afterEach(async () => {
  await closeAll();
  for (const client of opened.splice(0)) await client.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const secureTransport = (options: ClientTLSOptions, profile: Partial<TransportProfile> = {}): ClientTransport => {
  const client = openClientTransport(transportProfile(profile), clientSecurity({ logger: silent, ...options }));
  opened.push(client);
  return client;
};

interface SecureServer extends Running {
  /** What the server has reported. */
  readonly errors: RPCError[];
}

const serveTLS = async (
  options: ServerTLSOptions,
  handler: Handler = (request) => request,
  address?: string,
): Promise<SecureServer> => {
  const errors: RPCError[] = [];
  const entry = { ...entryOf(handler), onConnectionError: (error: RPCError) => errors.push(error) };
  const running = await serve(entry, { security: serverSecurity({ logger: silent, ...options }) }, address);
  return { ...running, errors };
};

const failureOf = (call: Promise<unknown>): Promise<RPCError> =>
  call.then(
    () => {
      throw new Error("the call should have failed");
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(RPCError);
      return error as RPCError;
    },
  );

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "kitex-tls-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

const protocols: readonly TransportProtocol[] = ["TTHeader", "TTHeaderFramed", "Framed", "PurePayload"];

describe("mTLS", () => {
  const uses = protocols.flatMap((protocol) =>
    (protocol.startsWith("TTHeader") ? (["auto", "mux", "long", "short"] as const) : (["long", "short"] as const)).map(
      (connection) => ({ protocol, connection }),
    ),
  );

  it.each(uses)("carries calls over $protocol, $connection", async (profile) => {
    const { address, errors } = await serveTLS({ ...localhost, ca, clientAuth: "require" }, (request, call) => ({
      msg: `${call.peer.peerIdentity} ${request.msg.length}`,
    }));
    const client = secureTransport({ ca, ...cart }, profile);
    const calls = [1, 100_000, 2_000_000].map((size) => callEcho(client, address, "x".repeat(size)));
    expect(await Promise.all(calls)).toEqual([1, 100_000, 2_000_000].map((size) => ({ msg: `${SPIFFE} ${size}` })));
    expect(client.diagnosis().addresses[0]?.security).toMatch(/^tls-\d+$/);
    expect(errors).toEqual([]);
  });

  it("works over a unix socket, with a server name", async () => {
    const path = `unix:${join(folderOf({}), "s")}`;
    await serveTLS({ ...localhost, ca, clientAuth: "require" }, undefined, path);
    expect(await callEcho(secureTransport({ ca, ...cart, serverName: "localhost" }), path, "hi")).toEqual({
      msg: "hi",
    });
    const unnamed = await failureOf(callEcho(secureTransport({ ca, ...cart }), path, "hi"));
    expect(unnamed.message).toMatch(/a unix socket has no host name; set serverName/);
  });

  it("tells the handler who called, by certificate only", async () => {
    const seen: (string | undefined)[] = [];
    const { address } = await serveTLS({ ...localhost, ca, clientAuth: "request" }, (request, call) => {
      seen.push(call.rpcInfo.from.identity);
      return request;
    });
    await callEcho(secureTransport({ ca, ...cart }), address, "hi");
    await callEcho(secureTransport({ ca }), address, "hi", { caller: SPIFFE });
    expect(seen).toEqual([SPIFFE, undefined]);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("refuses clients without a certificate (%s)", async (version) => {
    const { address, errors } = await serveTLS({ ...localhost, ca, clientAuth: "require", minVersion: version });
    const socket = connectTLS({ host: "localhost", port: Number(address.split(":")[1]), ca, maxVersion: version });
    socket.on("error", () => {});
    await new Promise((resolve) => socket.resume().once("close", resolve));
    await until(() => errors.length > 0);
    expect(errors[0]?.message).toMatch(/has shown no certificate, and one is required/);
    const error = await failureOf(callEcho(secureTransport({ ca }), address, "hi"));
    expect(error.message).toMatch(/refused (the TLS connection|our certificate)/);
  });

  it("refuses clients of another authority, and expired ones, however they connect", async () => {
    for (const clientAuth of ["require", "request"] as const) {
      const { address, errors } = await serveTLS({ ...localhost, ca, clientAuth });
      const stranger = new Authority("Other CA").issue({ commonName: "cart", names: [SPIFFE] });
      const expired = authority.issue({ commonName: "cart", names: [SPIFFE], isExpired: true });
      for (const wrong of [stranger, expired]) {
        const error = await failureOf(callEcho(secureTransport({ ca, ...wrong }), address, "hi"));
        expect(error.message).toMatch(/has the server refused our certificate\?/);
      }
      expect(errors.map((error) => error.message)).toEqual([
        expect.stringMatching(/the client's certificate was refused:.*UNABLE_TO_/),
        expect.stringMatching(/the client's certificate was refused:.*CERT_HAS_EXPIRED/),
      ]);
    }
  });

  it("refuses clients that the hook refuses, or fails on", async () => {
    const verdicts: (() => unknown)[] = [
      () => "not on the list",
      () => {
        throw new Error("the list is lost");
      },
      () => {
        throw Object.create(null);
      },
      () => Promise.resolve(),
      () => undefined,
    ];
    let verdict: () => unknown = () => undefined;
    const { address, errors } = await serveTLS({
      ...localhost,
      ca,
      clientAuth: "require",
      verify: (certificate, chain) => {
        expect(certificate.subjectAltName).toBe(`URI:${SPIFFE}`);
        expect(chain).toHaveLength(2);
        return verdict() as undefined;
      },
    });
    for (verdict of verdicts.slice(0, -1)) await failureOf(callEcho(secureTransport({ ca, ...cart }), address, "hi"));
    verdict = verdicts.at(-1) as () => unknown;
    expect(await callEcho(secureTransport({ ca, ...cart }), address, "hi")).toEqual({ msg: "hi" });
    expect(errors.map((error) => error.message.replace(/.*refused: /, ""))).toEqual([
      "not on the list",
      "the list is lost",
      "what was thrown cannot be printed",
      "verify must answer undefined or a text, and not later",
    ]);
  });
});

describe("a client with TLS refuses", () => {
  const refusal = async (server: ServerTLSOptions, client: ClientTLSOptions): Promise<RPCError> => {
    const { address } = await serveTLS(server);
    const error = await failureOf(callEcho(secureTransport(client), address, "hi"));
    expect(error).toMatchObject({ kind: "get_connection", code: "tls_failed", requestWritten: false });
    return error;
  };

  it("a server of another authority", async () => {
    const error = await refusal(localhost, { ca: new Authority("Other CA").ca });
    expect(error.message).toMatch(/is not from an authority that ca names/);
  });

  it("a server that only public authorities could vouch for", async () => {
    expect((await refusal(localhost, {})).message).toMatch(/is not from an authority/);
  });

  it("an expired certificate", async () => {
    const expired = authority.issue({ commonName: "server", names: ["127.0.0.1"], isExpired: true });
    expect((await refusal(expired, { ca })).message).toMatch(/has expired/);
  });

  it("a certificate for another name", async () => {
    expect((await refusal(authority.issue({ commonName: "127.0.0.1", names: ["a.test"] }), { ca })).message).toMatch(
      /is for another name: .*127\.0\.0\.1.*; see serverName/,
    );
    expect((await refusal(localhost, { ca, serverName: "b.test" })).message).toMatch(/b\.test/);
  });

  it("what its hook refuses", async () => {
    expect((await refusal(localhost, { ca, verify: () => "wrong shop" })).message).toMatch(
      /verify refused the server: wrong shop/,
    );
  });

  it("nothing that the hook accepts in place of a host name", async () => {
    const { address } = await serveTLS(cart);
    const client = secureTransport({
      ca,
      verifyHostname: false,
      verify: (certificate) => (uriOf(certificate) === SPIFFE ? undefined : "not the cart"),
    });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
  });

  it("nothing when it is told so in so many words, and says it in the log", async () => {
    const warnings: string[] = [];
    const logger: Logger = { ...silent, warn: (_fields, message) => warnings.push(message) };
    const { address } = await serveTLS(new Authority("Other CA").issue({ commonName: "x" }));
    expect(await callEcho(secureTransport({ insecureSkipVerify: true, logger }), address, "hi")).toEqual({ msg: "hi" });
    expect(warnings).toEqual([expect.stringMatching(/^insecureSkipVerify: certificates of servers are not checked/)]);
  });

  it("and leaves no half of a connection behind at the server", async () => {
    const { address, listener } = await serveTLS(localhost);
    const client = secureTransport({ ca: new Authority("Other CA").ca });
    expect(await failureOf(callEcho(client, address, "hi"))).toMatchObject({ code: "tls_failed" });
    // Long before the time of a handshake is over.
    await until(() => listener.connectionCount === 0);
  }, 5000);
});

describe("plaintext and TLS", () => {
  it.each(protocols)("a plaintext client (%s) at a port of TLS hears so, and the server says so", async (protocol) => {
    const { address, errors, listener } = await serveTLS(localhost);
    const error = await failureOf(callEcho(transport({ protocol }), address, "hi"));
    expect(error.message).toMatch(/a TLS alert: the peer speaks TLS at this address; see client.withTLS/);
    expect(errors[0]).toMatchObject({ code: "plaintext_refused" });
    expect(errors[0]?.message).toMatch(/plaintext \(first bytes 0x[0-9a-f]+\) on a port that takes TLS only/);
    await until(() => listener.connectionCount === 0);
  });

  it("a client with TLS at a plaintext port hears so, and sends nothing", async () => {
    const errors: RPCError[] = [];
    const entry = { ...entryOf((request) => request), onConnectionError: (error: RPCError) => errors.push(error) };
    const { address } = await serve(entry);
    const error = await failureOf(callEcho(secureTransport({ ca }), address, "hi"));
    expect(error).toMatchObject({ kind: "get_connection", code: "tls_failed", requestWritten: false });
    expect(error.message).toMatch(/does it serve TLS\?/);
    expect(errors[0]?.message).toMatch(/a TLS handshake, but TLS is not enabled here/);
  });

  it.each(protocols)("both are taken on a permissive port (%s)", async (protocol) => {
    const { address, errors } = await serveTLS(
      { ...localhost, ca, clientAuth: "require", mode: "permissive" },
      (_request, call) => ({ msg: call.peer.peerIdentity ?? "nobody" }),
    );
    expect(await callEcho(transport({ protocol }), address, "hi")).toEqual({ msg: "nobody" });
    expect(await callEcho(secureTransport({ ca, ...cart }, { protocol }), address, "hi")).toEqual({ msg: SPIFFE });
    expect(errors).toEqual([]);
    // Whoever begins a handshake has to finish it: there is no way back to plaintext.
    await failureOf(callEcho(secureTransport({ ca }, { protocol }), address, "hi"));
    expect(errors).toHaveLength(1);
  });

  it("a hello that comes byte by byte is one", async () => {
    const { address } = await serveTLS({ ...localhost, mode: "permissive" });
    const [host, port] = address.split(":") as [string, string];
    const socket = connectPlain({ host, port: Number(port) });
    // A handshake message of no known type: OpenSSL answers with an alert, a message protocol would have closed in silence.
    for (const byte of Buffer.from("1603010004ff000000", "hex")) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [first] = await new Promise<Buffer>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk)));
    expect(first).toBe(0x15);
    socket.destroy();
  });

  it("connections of different security are never shared", async () => {
    const { address, listener } = await serveTLS({ ...localhost, mode: "permissive" });
    const client = transport();
    await callEcho(client, address, "hi");
    const attempt: Attempt = attemptTo(address);
    const security = clientSecurity({ ca });
    attempt.instance = { address, weight: 10, tags: new Map(), security };
    expect(await client.call(attempt, { msg: "hi" })).toEqual({ msg: "hi" });
    expect(client.diagnosis().addresses.map((pool) => pool.security)).toEqual([undefined, security.id]);
    expect(listener.connectionCount).toBe(2);
  });

  it("an instance's security wins, and one that has nothing to offer fails the call", async () => {
    const { address } = await serveTLS({ ...localhost, mode: "permissive" });
    const failing: Security = { id: "sds", current: () => Promise.reject(new Error("no certificate has come yet")) };
    const attempt: Attempt = attemptTo(address);
    attempt.instance = { address, weight: 10, tags: new Map(), security: failing };
    const error = await failureOf(secureTransport({ ca }).call(attempt, { msg: "hi" }));
    expect(error).toMatchObject({ kind: "get_connection", requestWritten: false });
    expect(error.message).toMatch(/no certificates to connect to .* with: no certificate has come yet/);
  });
});

describe("names", () => {
  it("a server chooses the certificate by the name a client asks for; whom it trusts stays the same", async () => {
    const a = authority.issue({ commonName: "a", names: ["a.test"] });
    const b = authority.issue({ commonName: "b", names: ["*.b.test"] });
    const { address } = await serveTLS({
      ...localhost,
      ca,
      clientAuth: "require",
      sniContexts: { "a.test": a, "*.b.test": b },
    });
    for (const serverName of ["a.test", "x.b.test", "localhost"]) {
      expect(await callEcho(secureTransport({ ca, ...cart, serverName }), address, "hi")).toEqual({ msg: "hi" });
      const stranger = new Authority("Other CA").issue({ commonName: "cart" });
      await failureOf(callEcho(secureTransport({ ca, ...stranger, serverName }), address, "hi"));
    }
    await failureOf(callEcho(secureTransport({ ca, ...cart, serverName: "c.test" }), address, "hi"));
  });

  it("ALPN is agreed on", async () => {
    const { address } = await serveTLS({ ...localhost, alpn: ["ttheader"] });
    const options = { host: "localhost", port: Number(address.split(":")[1]), ca };
    const socket = connectTLS({ ...options, ALPNProtocols: ["h2", "ttheader"] });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    expect(socket.alpnProtocol).toBe("ttheader");
    socket.destroy();
    expect(await callEcho(secureTransport({ ca, alpn: ["ttheader"] }), address, "hi")).toEqual({ msg: "hi" });
    await failureOf(callEcho(secureTransport({ ca, alpn: ["h2"] }), address, "hi"));
  });
});

describe("new certificates", () => {
  it("are used by new connections, and no call under way fails", async () => {
    const next = new Authority("Next CA");
    const both = [ca, next.ca];
    let served: TLSMaterial = { ...localhost, ca: both };
    let shown: TLSMaterial = { ...cart, ca: both };
    const { address, errors } = await serveTLS(
      { provider: { current: () => served }, clientAuth: "require" },
      (_request, call) => ({ msg: call.peer.peerIdentity ?? "" }),
    );
    const security = { provider: { current: () => Promise.resolve(shown) }, logger: silent };
    // One connection for each call: half of them before the change, half of them behind it.
    const client = secureTransport(security, { connection: "short" });
    const kept = secureTransport(security);
    const seen = new Set<string>();
    const call = async (transports: ClientTransport): Promise<void> => {
      seen.add(((await callEcho(transports, address, "hi")) as { msg: string }).msg);
    };
    for (let round = 0; round < 20; round++) {
      if (round === 10) {
        served = { ...next.issue({ commonName: "server", names: ["127.0.0.1"] }), ca: both };
        shown = { ...next.issue({ commonName: "cart", names: [`${SPIFFE}2`] }), ca: both };
      }
      await Promise.all([call(client), call(client), call(kept), call(kept), call(kept)]);
    }
    expect([...seen].toSorted()).toEqual([SPIFFE, `${SPIFFE}2`]);
    expect(errors).toEqual([]);
    expect(kept.diagnosis().addresses[0]?.connections).toBe(1);
    // The old authority is dropped: its certificates are worth nothing from now on, the connection that exists goes on.
    served = { ...served, ca: next.ca };
    const { key, cert } = cart;
    await failureOf(callEcho(secureTransport({ ca: both, cert, key }), address, "hi"));
    await call(kept);
  });

  it("are read from files; those that cannot be used are reported and left aside", async () => {
    const folder = folderOf({ "ca.pem": ca, "cert.pem": localhost.cert, "key.pem": localhost.key });
    const file = (name: string): string => join(folder, name);
    const replace = (name: string, text: string): void => {
      writeFileSync(file("new"), text);
      renameSync(file("new"), file(name));
    };
    const reports: string[] = [];
    const logger: Logger = { ...silent, error: (_fields, message) => reports.push(message) };
    const security = serverSecurity({ certFile: file("cert.pem"), keyFile: file("key.pem"), logger });
    const listener = createListener(
      entryOf((request) => request),
      { security, logger: silent },
    );
    const address = await listener.listen("127.0.0.1:0");
    const names = async (): Promise<string | undefined> => {
      const socket = connectTLS({ host: "127.0.0.1", port: Number(address.split(":")[1]), ca });
      await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
      const name = socket.getPeerX509Certificate()?.subject;
      socket.destroy();
      return name;
    };
    // Files are looked at once a second.
    const untilNext = async (condition: () => Promise<boolean>): Promise<void> => {
      while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    expect(await names()).toBe("CN=server");
    replace("cert.pem", "nonsense");
    await untilNext(async () => (await names()) === "CN=server" && reports.length > 0);
    expect(reports[0]).toMatch(/cannot be used, the old ones stay in use/);
    const second = authority.issue({ commonName: "second", names: ["127.0.0.1"] });
    replace("cert.pem", second.cert);
    replace("key.pem", second.key);
    await untilNext(async () => (await names()) === "CN=second");
    listener.close();
  }, 20_000);
});

describe("a TLS option that cannot work is an error at once", () => {
  const { cert, key } = localhost;
  it.each<[RegExp, ClientTLSOptions]>([
    [/ca holds no certificate in PEM/, { ca: "" }],
    [/ca is empty/, { ca: [] }],
    [
      /ca holds a certificate that cannot be read/,
      { ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
    ],
    [/ENOENT/, { caFile: "/nonexistent/ca.pem" }],
    [/cert and key belong together, key is missing/, { ca, cert }],
    [/cert is missing/, { ca, key }],
    [/cert and key cannot be used: .*mismatch/, { ca, cert, key: cart.key }],
    [/ca and caFile: give one of them/, { ca, caFile: "x" }],
    [/ca is given as undefined/, { ca: undefined } as unknown as ClientTLSOptions],
    [/verifyHostname: false needs verify/, { ca, verifyHostname: false }],
    [/ca holds no certificate/, { provider: { current: () => ({ ca: "" }) } }],
    [/serverName is empty/, { ca, serverName: "" }],
    [/drainTimeoutMs: milliseconds, 1 or more, got 0/, { ca, drainTimeoutMs: 0 }],
  ])("client: %s", (message, options) => {
    expect(() => clientSecurity({ logger: silent, ...options })).toThrow(message);
  });

  it.each<[RegExp, ServerTLSOptions]>([
    [/a server needs cert and key/, {}],
    [/a server needs cert and key/, { ca }],
    [/clientAuth "require" needs ca/, { cert, key, clientAuth: "require" }],
    [/needs ca/, { cert, key, clientAuth: "request" }],
    [/verify would never be asked/, { cert, key, verify: () => undefined }],
    [/ca is given as undefined/, { cert, key, ca: undefined } as unknown as ServerTLSOptions],
    [/mode is tls or permissive/, { cert, key, mode: "strict" as "tls" }],
    [/clientAuth is none, request or require/, { cert, key, clientAuth: "optional" as "none" }],
    [/sniContexts\["a\.test"\] needs cert and key/, { cert, key, sniContexts: { "a.test": {} } }],
    [/drainTimeoutMs: .* got NaN/, { cert, key, drainTimeoutMs: Number.NaN }],
    [/ENOENT/, { certFile: "/nonexistent/cert.pem", keyFile: "/nonexistent/key.pem" }],
  ])("server: %s", (message, options) => {
    expect(() => serverSecurity({ logger: silent, ...options })).toThrow(message);
  });
});

describe("uriOf()", () => {
  it.each([
    [undefined, undefined],
    ["DNS:a.test", undefined],
    [`URI:${SPIFFE}`, SPIFFE],
    [`DNS:a.test, URI:${SPIFFE}, IP Address:127.0.0.1`, SPIFFE],
    [`URI:${SPIFFE}, URI:spiffe://other/x`, undefined],
    [`DNS:"a.test, URI:${SPIFFE}"`, undefined],
    ['URI:"spiffe://a/b, c"', "spiffe://a/b, c"],
    ["URI:", undefined],
  ])("%s: %s", (subjectAltName, uri) => {
    expect(uriOf(subjectAltName === undefined ? undefined : ({ subjectAltName } as never))).toBe(uri);
  });
});
