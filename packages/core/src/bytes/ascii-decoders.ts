/** Up to this many bytes one call of `fromCharCode` beats the call into C++ (bench/codec/strings.ts). */
const LONGEST = 24;

/**
 * For each length from 0 on a function that makes a flat string of that many bytes. They are printed, as `fromCharCode` needs every byte as an
 * argument of its own, and one function per length lets the engine keep the bytes in registers. Empty where code from strings is forbidden.
 */
export const asciiDecoders: readonly ((buffer: Buffer, start: number) => string)[] = printDecoders();

function printDecoders(): ((buffer: Buffer, start: number) => string)[] {
  try {
    return Array.from({ length: LONGEST + 1 }, (_, length) => {
      if (length === 0) return () => "";
      const codes = Array.from({ length }, (_code, index) => `c${index}`);
      const reads = codes.map((code, index) => `${code} = b[s + ${index}]`);
      return new Function(
        "b",
        "s",
        `const ${reads.join(", ")};
         return (${codes.join(" | ")}) > 0x7f ? b.utf8Slice(s, s + ${length}) : String.fromCharCode(${codes.join(", ")});`,
      ) as (buffer: Buffer, start: number) => string;
    });
  } catch {
    return [];
  }
}
