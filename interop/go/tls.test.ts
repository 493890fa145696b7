import { client, server, TransportError } from "kitex-ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, startGoClients } from "../support/go-peer.ts";
import { type Caller, pairs } from "../support/pair.ts";
import { rowsOf } from "../support/rows.ts";
import { Certificates, type Handshake, startTLSRelay, type TLSRelay } from "../support/tls.ts";
import { type Way, ways } from "../support/ways.ts";

let goClients: GoClients;
let certificates: Certificates;
beforeAll(async () => {
  goClients = startGoClients();
  certificates = await Certificates.make();
});
afterAll(async () => {
  await goClients[Symbol.asyncDispose]();
  await certificates[Symbol.asyncDispose]();
});

/** As what our client's calls fail: with TLS 1.3 it hears of the server's refusal after its own handshake. */
const refusals = {
  client: /^get_connection\/tls_failed$/,
  server: /^(get_connection\/tls_failed|remote_or_network\/connection_closed)$/,
};

const codeOf = (error: unknown): string => (error instanceof TransportError ? error.code : String(error));
const quiet = { warn: () => undefined, error: () => undefined };

/** What the two ends of a connection are told. */
interface Setup {
  /** Whom the client trusts. */
  readonly clientCA?: string;
  readonly clientCert?: string | undefined;
  readonly serverCert?: string;
  /** Clients must show a certificate of `ca`. */
  readonly isMutual?: boolean;
  readonly serverName?: string;
  readonly alpn?: string;
  readonly version?: "1.2" | "1.3";
}

interface Secured extends AsyncDisposable {
  readonly caller: Caller;
  /** Go's end, when there is one. */
  readonly relay: TLSRelay | undefined;
  /** What our server, when it is one, has reported: codes. */
  readonly reported: readonly string[];
}

describe.each(pairs(() => goClients))("$direction", (pair) => {
  const isOurClient = pair.direction !== "Go client, our server";
  const isOurServer = pair.direction !== "our client, Go server";

  const start = async (way: Way, setup: Setup = {}): Promise<Secured> => {
    const { clientCA = "ca", clientCert, serverCert = "server", isMutual = false } = setup;
    const { serverName = "localhost", alpn, version = "1.3" } = setup;
    const pem = (name: string) => ({ certFile: certificates.file(name), keyFile: certificates.keyFile(name) });
    const protocols = alpn === undefined ? {} : { alpn: alpn.split(",") };
    const reported: string[] = [];
    const logger = { ...quiet, warn: ({ error }: { readonly error?: unknown }) => reported.push(codeOf(error)) };
    const served = await pair.serve(way, {
      serverOptions: isOurServer
        ? [
            server.withLogger(logger),
            server.withTLS({
              ...pem(serverCert),
              ...(isMutual ? { caFile: certificates.file("ca"), clientAuth: "require" } : {}),
              ...protocols,
              logger: quiet,
            }),
          ]
        : [],
    });
    const goFlags = {
      target: served.address,
      "max-version": version,
      ...(alpn === undefined ? {} : { alpn }),
    };
    const goPem = (name: string) => ({ cert: certificates.file(name), key: certificates.keyFile(name) });
    const relay = !isOurServer
      ? await startTLSRelay({
          role: "terminate",
          ...goFlags,
          ...goPem(serverCert),
          ...(isMutual ? { ca: certificates.file("ca") } : {}),
        })
      : !isOurClient
        ? await startTLSRelay({
            role: "originate",
            ...goFlags,
            ca: certificates.file(clientCA),
            "server-name": serverName,
            ...(clientCert === undefined ? {} : goPem(clientCert)),
          })
        : undefined;
    const caller = await pair.dial(relay?.address ?? served.address, way, {
      clientOptions: isOurClient
        ? [
            client.withTLS({
              caFile: certificates.file(clientCA),
              ...(clientCert === undefined ? {} : pem(clientCert)),
              serverName,
              ...protocols,
              logger: quiet,
            }),
          ]
        : [],
    });
    return {
      caller,
      relay,
      reported,
      [Symbol.asyncDispose]: async () => {
        await caller.close();
        await relay?.[Symbol.asyncDispose]();
        await served.stop();
      },
    };
  };

  const expectTraffic = async (caller: Caller): Promise<void> => {
    for (const text of ["x", "x".repeat(200_000)]) expect(await caller.ping(text)).toBe(text);
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`);
    expect(await Promise.all(texts.map((text) => caller.gather("at once", 20, text)))).toEqual(texts);
  };

  describe.each(ways)("$name", (way) => {
    const row = rowsOf(pair.direction, way);

    it.each(["1.2", "1.3"] as const)("speaks TLS %s", row("TLS 1.2 and 1.3, SNI, ALPN"), async (version) => {
      await using secured = await start(way, { version, alpn: "other,kitex", serverName: "interop.example" });
      await expectTraffic(secured.caller);
      if (secured.relay === undefined) return;
      const handshake: Handshake = await secured.relay.next("secured");
      expect(handshake).toMatchObject({ version: `TLS ${version}`, alpn: "other", serverName: "interop.example" });
    });

    it("shows its certificate", row("mTLS"), async () => {
      await using secured = await start(way, { isMutual: true, clientCert: "client" });
      await expectTraffic(secured.caller);
      if (secured.relay === undefined) return;
      expect(await secured.relay.next("secured")).toMatchObject({ peer: isOurServer ? "server" : "client" });
    });

    const bad: readonly (Setup & { readonly what: string; readonly by: "client" | "server" })[] = [
      { what: "a server of a wrong authority", clientCA: "other", by: "client" },
      { what: "a server whose certificate has expired", serverCert: "expired", by: "client" },
      { what: "a server of another name", serverName: "elsewhere.example", by: "client" },
      { what: "a client without a certificate", isMutual: true, by: "server" },
      { what: "a client of a wrong authority", isMutual: true, clientCert: "stranger", by: "server" },
      { what: "a client whose certificate has expired", isMutual: true, clientCert: "expired", by: "server" },
    ];
    it.each(bad)(
      "refuses $what",
      row("TLS: certificates of a wrong authority, expired, missing"),
      async ({ what: _, by, ...setup }) => {
        await using secured = await start(way, setup);
        const failure = await secured.caller.ping("hi").catch((error: unknown) => error);
        // Kitex speaks plaintext to the relay, and sees a connection that ends.
        const ofGo = { class: "remote or network error" };
        const ofOurs = { class: expect.stringMatching(refusals[by]), message: expect.stringMatching(/certificate/i) };
        expect(failure).toMatchObject(isOurClient ? ofOurs : ofGo);
        expect(secured.caller.pending()).toBe(0);
        // Whoever refuses knows why; Node's TLS tells the other side only that the certificate is missing.
        if (by === "server" ? isOurServer : isOurClient) {
          if (by === "server")
            expect(secured.reported).toContainEqual(expect.stringMatching(/^tls_(client_refused|failed)$/));
        } else {
          const reason = expect.stringMatching(/certificate/);
          expect(await secured.relay?.next("refused")).toMatchObject({ reason });
        }
      },
    );
  });
});
