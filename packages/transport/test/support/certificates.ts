// Certificates for tests: node:crypto can sign but not write X.509, which takes these few lines of DER.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const oid = (content: string): Buffer => tlv(0x06, hex(content));
const text = (tag: number, value: string): Buffer => tlv(tag, Buffer.from(value));

const ecdsaWithSHA256 = sequence(oid("2a8648ce3d040302"));
const nameOf = (commonName: string): Buffer => sequence(tlv(0x31, sequence(oid("550403"), text(0x0c, commonName))));
const time = (date: Date): Buffer => text(0x18, `${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`);
const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [tlv(0x01, hex("ff"))] : []), tlv(0x04, value));

const alternativeName = (name: string): Buffer => {
  if (name.includes("://")) return text(0x86, name);
  return isIP(name) === 4 ? tlv(0x87, Buffer.from(name.split(".").map(Number))) : text(0x82, name);
};

const DAY_MS = 86_400_000;

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

interface Subject {
  readonly commonName: string;
  /** Host names, IPv4 addresses, URIs. */
  readonly names?: readonly string[];
  readonly isExpired?: boolean;
}

export class Authority {
  readonly ca: string;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name = "Test CA") {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#name = name;
    this.#key = privateKey;
    this.ca = this.#certificate({ commonName: name }, publicKey, true);
  }

  issue(subject: Subject): Issued {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    return { cert: this.#certificate(subject, publicKey, false), key };
  }

  #certificate({ commonName, names = [], isExpired = false }: Subject, publicKey: KeyObject, isCA: boolean): string {
    const now = Date.now();
    const extensions = [
      extension("551d13", isCA ? sequence(tlv(0x01, hex("ff"))) : sequence(), true),
      ...(names.length > 0 ? [extension("551d11", sequence(...names.map(alternativeName)))] : []),
    ];
    const content = sequence(
      tlv(0xa0, hex("020102")),
      tlv(0x02, Buffer.concat([hex("01"), randomBytes(8)])),
      ecdsaWithSHA256,
      nameOf(this.#name),
      sequence(time(new Date(now - 2 * DAY_MS)), time(new Date(isExpired ? now - DAY_MS : now + DAY_MS))),
      nameOf(commonName),
      publicKey.export({ type: "spki", format: "der" }),
      tlv(0xa3, sequence(...extensions)),
    );
    const signature = tlv(0x03, hex("00"), sign("sha256", content, this.#key));
    const der = sequence(content, ecdsaWithSHA256, signature).toString("base64");
    return `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
  }
}
