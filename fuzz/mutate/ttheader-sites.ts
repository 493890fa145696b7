import { type Sample, type Site, shifted } from "./sample.ts";

/** A TTHeader unit around `payload`: its own sites, then those of the payload. */
export const ttheaderUnit = (bytes: Buffer, payload: (bytes: Buffer) => Sample): Sample => {
  const sites: Site[] = [];
  let at = 0;
  const site = (kind: Site["kind"], size: number): number => {
    sites.push({ kind, at, size });
    at += size;
    return size <= 4 && size > 0 ? bytes.readUIntBE(at - size, size) : 0;
  };
  const text = (): void => void site("content", site("int", 2));
  const pairs = (key: () => void): void => {
    for (let left = site("int", 2); left > 0; left--) {
      const start = at;
      key();
      text();
      sites.push({ kind: "unit", at: start, size: at - start });
    }
  };

  site("int", 4);
  site("int", 2);
  site("int", 2);
  site("int", 4);
  const headerEnd = 14 + site("int", 2) * 4;
  site("type", 1);
  site("content", site("int", 1));
  while (at < headerEnd) {
    const start = at;
    const block = site("type", 1);
    if (block === 0x01) pairs(text);
    else if (block === 0x10) pairs(() => void site("int", 2));
    else if (block === 0x11) text();
    if (block !== 0) sites.push({ kind: "unit", at: start, size: at - start });
  }
  return { bytes, sites: [...sites, ...shifted(payload(bytes.subarray(headerEnd)).sites, headerEnd)] };
};

/** A message behind its length. */
export const framed = (bytes: Buffer, payload: (bytes: Buffer) => Sample): Sample => ({
  bytes,
  sites: [{ kind: "int", at: 0, size: 4 }, ...shifted(payload(bytes.subarray(4)).sites, 4)],
});
