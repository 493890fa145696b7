import type { Payload } from "../../lib/arguments.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";
import { int64, type ThriftRich, type ThriftSimple, types } from "./library.ts";

export const apacheSimple = (payload: Payload): ThriftSimple => new types.Simple(simpleValue(payload));

export const apacheRich = (): ThriftRich => {
  const { id, ts, nested, refs, attrs, blob } = richValue;
  return new types.Rich({
    ...richValue,
    id: int64(id),
    ts: int64(ts),
    blob: Buffer.from(blob),
    attrs: Object.fromEntries(attrs),
    nested: new types.Nested({ ...nested, id: int64(nested.id) }),
    refs: refs.map(int64),
  });
};
