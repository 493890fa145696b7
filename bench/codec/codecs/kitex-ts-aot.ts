import type { StructDescriptor } from "kitex-ts/codegenv1";
import { richValue, simpleValue } from "../../lib/payloads.ts";
import type { MakeOperations } from "../codec.ts";
import { Rich, Simple } from "../generated/bench/bench.ts";
import { operations } from "./kitex-ts.ts";

/** The same with code printed ahead of time. */
export const kitexTsAot: MakeOperations = (payload) =>
  payload === "rich"
    ? operations(Rich as StructDescriptor<Rich, Rich>, Rich.create(richValue))
    : operations(Simple, simpleValue(payload));
