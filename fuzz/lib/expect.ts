import { inspect, isDeepStrictEqual } from "node:util";
import { RPCError } from "@kitex-ts/core";

/** What a decoder made of its input: a value, or an error of the kind it may answer with. */
export type Result = { readonly value: unknown } | { readonly error: Error };

/** Runs a decoder. @throws what it threw, when users must not see such an error; `isAllowed` widens what they may */
export const resultOf = (decode: () => unknown, isAllowed: (error: unknown) => boolean = isRPCError): Result => {
  try {
    return { value: decode() };
  } catch (error) {
    if (!(error instanceof Error) || !isAllowed(error)) throw error;
    return { error };
  }
};

export const isRPCError = (error: unknown): boolean => error instanceof RPCError;

/** What users branch on and read. */
const visible = (result: Result): unknown =>
  "value" in result
    ? result
    : {
        name: result.error.name,
        message: result.error.message,
        code: (result.error as { readonly code?: unknown }).code,
      };

/** @throws when two ways to read the same bytes differ */
export const expectSame = (what: string, one: Result, other: Result): void => {
  const [a, b] = [visible(one), visible(other)];
  if (!isDeepStrictEqual(a, b)) throw new Error(`${what} differ:\n${shown(a)}\n${shown(b)}`);
};

/** Without the texts of errors, which name places. */
export const expectSameKind = (what: string, one: Result, other: Result): void => {
  const kind = (result: Result): unknown =>
    "value" in result ? result : { name: result.error.name, code: (result.error as { readonly code?: unknown }).code };
  const [a, b] = [kind(one), kind(other)];
  if (!isDeepStrictEqual(a, b)) throw new Error(`${what} differ:\n${shown(visible(one))}\n${shown(visible(other))}`);
};

export const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const shown = (value: unknown): string => inspect(value, { depth: 6, maxArrayLength: 20, maxStringLength: 300 });
