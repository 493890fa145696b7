import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../../packages/transport/test/support/certificates.ts";

/** Where the server of a port leaves the authority that its client is to trust. */
const authorityFile = (port: string | number): string => join(tmpdir(), `kitex-ts-bench-${port}.pem`);

/** A fresh authority, a certificate of its own for the server, and a way to hand the authority to the client. */
export const serverCertificates = (): {
  readonly cert: string;
  readonly key: string;
  readonly publish: (port: string) => void;
} => {
  const authority = new Authority();
  const { cert, key } = authority.issue({ commonName: "bench", names: ["127.0.0.1"] });
  return {
    cert,
    key,
    publish: (port) => {
      writeFileSync(authorityFile(port), authority.ca);
    },
  };
};

/** A server has one client here, which clears up behind it. */
export const authorityOf = (port: number): string => {
  const file = authorityFile(port);
  const ca = readFileSync(file, "utf8");
  rmSync(file);
  return ca;
};
