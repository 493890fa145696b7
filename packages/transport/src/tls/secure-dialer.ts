import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, type SecureContext, type TLSSocket } from "node:tls";
import type { Security, TLSGeneration } from "@kitex-ts/core/spi";
import type { SocketAddress } from "../connection/address.ts";
import type { Dialer, ReceiveBuffer } from "../connection/dial.ts";
import { secureContextOf } from "./material.ts";
import { refusalOf } from "./peer.ts";

/** Making a context costs a millisecond, so it is kept as long as its generation. */
const contexts = new WeakMap<TLSGeneration, SecureContext>();

const contextOf = (generation: TLSGeneration): SecureContext => {
  let context = contexts.get(generation);
  if (context === undefined) {
    context = secureContextOf(generation, generation.minVersion);
    contexts.set(generation, context);
  }
  return context;
};

const generations = new WeakMap<Socket, TLSGeneration>();

/** What secures `socket`; undefined for plaintext. */
export const generationOf = (socket: Socket): TLSGeneration | undefined => generations.get(socket);

/** A certificate, or whoever it belongs to, is not what it should be. */
class PeerRefusedError extends Error {}

const open = (generation: TLSGeneration, address: SocketAddress, receiveBuffer: ReceiveBuffer): TLSSocket => {
  const { verify, alpn, insecureSkipVerify, verifyHostname } = generation;
  if (verifyHostname === false && verify === undefined && insecureSkipVerify !== true) {
    throw new PeerRefusedError("verifyHostname: false needs verify");
  }
  const name = generation.serverName ?? ("host" in address ? address.host : "");
  if (name === "" && verifyHostname !== false && insecureSkipVerify !== true) {
    throw new PeerRefusedError("a unix socket has no host name; set serverName to the name in the certificate");
  }
  const socket = connect({
    ...address,
    secureContext: contextOf(generation),
    // SNI knows names only.
    servername: isIP(name) === 0 ? name : "",
    rejectUnauthorized: insecureSkipVerify !== true,
    checkServerIdentity: (_host, certificate) =>
      verifyHostname === false ? undefined : checkServerIdentity(name, certificate),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  });
  generations.set(socket, generation);
  socket.once("connect", () => socket.setNoDelay(true).setKeepAlive(true, 30_000));
  socket.once("secureConnect", () => {
    const refusal = verify === undefined ? undefined : refusalOf(verify, socket);
    if (refusal !== undefined) socket.destroy(new PeerRefusedError(`verify refused the server: ${refusal}`));
  });
  socket.on("data", (chunk: Buffer) => receiveBuffer.take(chunk));
  return socket;
};

/** Dials with TLS as `security` says at that moment. */
export const secureDialer =
  (security: Security): Dialer =>
  (address, receiveBuffer) => {
    const generation = security.current();
    if (!(generation instanceof Promise)) return open(generation, address, receiveBuffer);
    return generation.then((late) => open(late, address, receiveBuffer));
  };

const untrusted: readonly string[] = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
];

/** What an error means that came during a handshake with `address`, or in place of the first answer. Undefined: nothing to do with TLS. */
export const tlsFailure = (error: Error, address: string): string | undefined => {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (error instanceof PeerRefusedError) return error.message;
  if (untrusted.includes(code)) return `the certificate of ${address} is not from an authority that ca names (${code})`;
  if (code === "CERT_HAS_EXPIRED") return `the certificate of ${address} has expired`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `the certificate of ${address} is for another name: ${error.message}; see serverName`;
  }
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return `${address} answers the TLS handshake in plaintext; does it serve TLS?`;
  }
  if (code === "ECONNRESET") return `${address} closed the connection during the TLS handshake; does it serve TLS?`;
  if (code.startsWith("ERR_SSL") && code.includes("ALERT")) {
    return `${address} refused the TLS connection: ${code.slice(code.indexOf("ALERT")).toLowerCase().replaceAll("_", " ")}`;
  }
  const isTLS = code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || code.includes("CERT") || code === "EPROTO";
  return isTLS ? `TLS with ${address} failed: ${error.message}` : undefined;
};
