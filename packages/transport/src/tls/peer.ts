import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { messageOf } from "@kitex-ts/core/internal";
import type { PeerVerifier } from "@kitex-ts/core/spi";

/** Certificates of a peer, its own first. */
const chainOf = (socket: TLSSocket): X509Certificate[] => {
  const chain: X509Certificate[] = [];
  // Node answers an empty object, or nothing, where the types promise a certificate.
  let link: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  // A root is its own issuer.
  while (link?.raw !== undefined) {
    chain.push(new X509Certificate(link.raw));
    if (link.issuerCertificate === link) break;
    link = link.issuerCertificate;
  }
  return chain;
};

/** Why `verify` refuses the peer of `socket`; undefined when it does not. Whatever is no clear yes is a no. */
export const refusalOf = (verify: PeerVerifier, socket: TLSSocket): string | undefined => {
  const chain = chainOf(socket);
  const [certificate] = chain;
  if (certificate === undefined) return "the peer has shown no certificate";
  try {
    const reason: unknown = verify(certificate, chain);
    if (reason === undefined) return undefined;
    return typeof reason === "string" ? reason : "verify must answer undefined or a text, and not later";
  } catch (error) {
    return messageOf(error);
  }
};

const URI_NAME = /(?:^|, )URI:("(?:[^"\\]|\\.)*"|[^",]*)(?=,|$)/g;

/** The URI that a certificate is made out to, when there is exactly one, as SPIFFE demands. */
export const uriOf = (certificate: X509Certificate | undefined): string | undefined => {
  const names = certificate?.subjectAltName;
  if (names === undefined) return undefined;
  // Quoted names of other types are taken out first: what stands inside them is nobody's identity.
  const uris = [...names.replace(/(?<!URI:)"(?:[^"\\]|\\.)*"/g, "").matchAll(URI_NAME)].map(([, uri = ""]) => uri);
  const [uri] = uris;
  if (uris.length !== 1 || uri === undefined || uri === "") return undefined;
  return uri.startsWith('"') ? (JSON.parse(uri) as string) : uri;
};
