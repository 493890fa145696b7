import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { TransportError } from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import type { TLSMaterial } from "@kitex-ts/core/spi";
import { refusalOf, uriOf } from "./peer.ts";
import type { ServerSecurity } from "./server-security.ts";

const HANDSHAKE_MS = 10_000;

/** A fatal alert, protocol_version: how a TLS server tells a client that speaks something else. */
const ALERT: Uint8Array = Buffer.from("15030100020246", "hex");

/** What the first bytes of a connection are; `more`: too few to say. No message of ours begins like a TLS hello: it would be a frame of 350 MiB. */
export const looksLikeTLS = (first: Buffer): "yes" | "no" | "more" => {
  if (first[0] !== 0x16) return "no";
  if (first.length < 2) return "more";
  return first[1] === 0x03 ? "yes" : "no";
};

/** Tells a client that TLS is spoken here, and closes. */
export const refusePlaintext = (socket: Socket): void => {
  socket.end(ALERT);
  socket.resume();
  setTimeout(() => socket.destroy(), 1000).unref();
};

/** A connection whose handshake is done. `identity`: the URI in the certificate of its peer. */
export type OnSecure = (socket: TLSSocket, identity: string | undefined) => void;

/** Does the TLS handshakes of a listener. Each uses the newest certificates. */
export class TLSAcceptor {
  readonly #security: ServerSecurity;
  readonly #onSecure: OnSecure;
  readonly #onError: (error: TransportError, socket: Socket) => void;
  /** Never listens: connections are handed to it. */
  readonly #server: Server;

  constructor(security: ServerSecurity, onSecure: OnSecure, onError: (error: TransportError, socket: Socket) => void) {
    this.#security = security;
    this.#onSecure = onSecure;
    this.#onError = onError;
    const { clientAuth, alpn } = security;
    this.#server = createServer({
      requestCert: clientAuth !== "none",
      rejectUnauthorized: clientAuth === "require",
      handshakeTimeout: HANDSHAKE_MS,
      SNICallback: (name, done) => {
        const context = security.contextFor(name);
        if (context === undefined) done(null);
        else context.then((found) => done(null, found), done);
      },
      ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    });
    this.#server.on("secureConnection", (socket) => this.#onSecureConnection(socket));
    this.#server.on("tlsClientError", (error, socket) => this.#onHandshakeError(error, socket));
  }

  /** Takes over `socket`, of which `first` has been read. */
  accept(socket: Socket, first: Buffer): void {
    const start = (material: TLSMaterial): void => {
      if (socket.destroyed) return;
      this.#use(material);
      socket.unshift(first);
      // A client that leaves inside the handshake closes its side only; what is half open then would stay until the handshake's time is over.
      socket.allowHalfOpen = false;
      this.#server.emit("connection", socket);
    };
    const fail = (error: unknown): void => {
      this.#onError(
        new TransportError("tls_failed", `no certificates to serve: ${messageOf(error)}`, { cause: error }),
        socket,
      );
      socket.destroy();
    };
    try {
      const material = this.#security.source.current();
      if (material instanceof Promise) material.then(start).catch(fail);
      else start(material);
    } catch (error) {
      fail(error);
    }
  }

  /** Existing connections keep what they have; sessions of an older generation are not resumed, since their tickets cannot be read any more. */
  #use(material: TLSMaterial): void {
    const security = this.#security;
    if (material === security.material) return;
    const { ca, cert, key } = material;
    this.#server.setSecureContext({
      minVersion: security.minVersion,
      ...(ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    });
    security.material = material;
  }

  #onSecureConnection(socket: TLSSocket): void {
    socket.allowHalfOpen = true;
    socket.on("error", () => {});
    const { clientAuth, verify } = this.#security;
    const certificate = clientAuth === "none" ? undefined : socket.getPeerX509Certificate();
    let refusal: string | undefined;
    if (clientAuth !== "none") {
      if (certificate === undefined) {
        // A resumed session may be called authorized without one.
        if (clientAuth === "require") refusal = "it has shown no certificate";
      } else if (!socket.authorized) refusal = reasonOf(socket);
      else if (verify !== undefined) refusal = refusalOf(verify, socket);
    }
    if (refusal === undefined) {
      this.#onSecure(socket, uriOf(certificate));
      return;
    }
    this.#onError(new TransportError("tls_client_refused", `the client's certificate was refused: ${refusal}`), socket);
    socket.destroy();
  }

  #onHandshakeError(error: Error, socket: TLSSocket): void {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const isUntrusted = (socket.authorizationError as Error | string | undefined | null) != null;
    const detail = isUntrusted
      ? `the client's certificate was refused: ${reasonOf(socket)}`
      : code.includes("PEER_DID_NOT_RETURN_A_CERTIFICATE")
        ? "the client has shown no certificate, and one is required"
        : `TLS handshake failed: ${error.message}`;
    this.#onError(
      new TransportError(isUntrusted ? "tls_client_refused" : "tls_failed", detail, { cause: error }),
      socket,
    );
    socket.destroy();
  }
}

const reasonOf = (socket: TLSSocket): string => String(socket.authorizationError);
