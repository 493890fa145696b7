import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { TLSMaterial } from "@kitex-ts/core/spi";

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates in PEM text. @throws Error when there are none, or one cannot be read */
const certificatesIn = (pem: string, name: string): X509Certificate[] => {
  const blocks = typeof pem === "string" ? (pem.match(BLOCK) ?? []) : [];
  if (blocks.length === 0) throw new Error(`${name} holds no certificate in PEM`);
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new Error(`${name} holds a certificate that cannot be read: ${(error as Error).message}`);
    }
  });
};

/**
 * Makes what Node needs of `material`. Everything is checked here: an empty list of authorities, for one, would mean to Node "trust the public ones".
 *
 * @throws Error that says what is wrong with which part
 */
export const secureContextOf = (
  material: TLSMaterial,
  minVersion: "TLSv1.2" | "TLSv1.3" = "TLSv1.2",
): SecureContext => {
  const { ca, cert, key } = material;
  if (ca !== undefined) {
    const list = typeof ca === "string" ? [ca] : ca;
    if (list.length === 0) throw new Error("ca is empty");
    for (const pem of list) certificatesIn(pem, "ca");
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error(`cert and key belong together, ${cert === undefined ? "cert" : "key"} is missing`);
  }
  if (cert !== undefined) certificatesIn(cert, "cert");
  try {
    return createSecureContext({
      minVersion,
      ...(ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    });
  } catch (error) {
    throw new Error(`cert and key cannot be used: ${(error as Error).message}`);
  }
};
