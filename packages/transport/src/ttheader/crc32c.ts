/** Castagnoli's polynomial, reflected. */
const POLYNOMIAL = 0x82f6_3b78;

/** Four tables, so that a step takes four bytes. */
const tables: Int32Array = new Int32Array(4 * 256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
  tables[byte] = value;
}
for (let at = 256; at < tables.length; at++) {
  const previous = tables[at - 256] as number;
  tables[at] = (previous >>> 8) ^ (tables[previous & 0xff] as number);
}

/** CRC-32C of `bytes[start, end)` as an unsigned number. */
export const crc32c = (bytes: Uint8Array, start = 0, end: number = bytes.length): number => {
  let crc = -1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (tables[768 + (crc & 0xff)] as number) ^
      (tables[512 + ((crc >>> 8) & 0xff)] as number) ^
      (tables[256 + ((crc >>> 16) & 0xff)] as number) ^
      (tables[crc >>> 24] as number);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
};
