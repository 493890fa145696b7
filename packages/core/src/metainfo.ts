import type { Context } from "./context.ts";
import { type MetaPairs, withoutPair, withPair } from "./meta-pairs.ts";

/**
 * Key-value pairs that travel with calls. *Transient* ones reach the next service, *persistent* ones every service down the line,
 * *stale* ones came from upstream as transient: readable here, not sent on. Immutable. Go: `bytedance/gopkg/cloud/metainfo`.
 */
export class MetaInfo {
  readonly transient: MetaPairs | undefined;
  readonly stale: MetaPairs | undefined;
  readonly persistent: MetaPairs | undefined;

  constructor(transient: MetaPairs | undefined, stale: MetaPairs | undefined, persistent: MetaPairs | undefined) {
    this.transient = transient;
    this.stale = stale;
    this.persistent = persistent;
  }

  /** What a handler sees: upstream's transient values have become stale. Go: `metainfo.TransferForward`. */
  transferForward(): MetaInfo {
    return this.transient === undefined && this.stale === undefined
      ? this
      : new MetaInfo(undefined, this.transient, this.persistent);
  }
}

/** A context that sends `key` to the next service only. Empty keys and values are not stored. Go: `metainfo.WithValue`. */
export const withValue = (ctx: Context, key: string, value: string): Context => {
  if (key === "" || value === "") return ctx;
  const info = ctx.metaInfo;
  return ctx.withMetaInfo(
    new MetaInfo(withPair(info?.transient, key, value), withoutPair(info?.stale, key), info?.persistent),
  );
};

/** A context that sends `key` to every service down the line. Go: `metainfo.WithPersistentValue`. */
export const withPersistentValue = (ctx: Context, key: string, value: string): Context => {
  if (key === "" || value === "") return ctx;
  const info = ctx.metaInfo;
  return ctx.withMetaInfo(new MetaInfo(info?.transient, info?.stale, withPair(info?.persistent, key, value)));
};

/** The transient value of `key`, set here or received from upstream. Go: `metainfo.GetValue`. */
export const getValue = (ctx: Context, key: string): string | undefined =>
  ctx.metaInfo?.transient?.get(key) ?? ctx.metaInfo?.stale?.get(key);

/** Go: `metainfo.GetPersistentValue`. */
export const getPersistentValue = (ctx: Context, key: string): string | undefined => ctx.metaInfo?.persistent?.get(key);

/** All transient values, those set here winning over received ones. Go: `metainfo.GetAllValues`. */
export const getAllValues = (ctx: Context): Map<string, string> =>
  new Map([...(ctx.metaInfo?.stale?.oldestFirst() ?? []), ...(ctx.metaInfo?.transient?.oldestFirst() ?? [])]);

/** Go: `metainfo.GetAllPersistentValues`. */
export const getAllPersistentValues = (ctx: Context): Map<string, string> =>
  new Map(ctx.metaInfo?.persistent?.oldestFirst());

/** A context without the transient `key`, received or set. Go: `metainfo.DelValue`. */
export const delValue = (ctx: Context, key: string): Context => {
  const info = ctx.metaInfo;
  if (info === undefined) return ctx;
  return ctx.withMetaInfo(
    new MetaInfo(withoutPair(info.transient, key), withoutPair(info.stale, key), info.persistent),
  );
};

/** Go: `metainfo.DelPersistentValue`. */
export const delPersistentValue = (ctx: Context, key: string): Context => {
  const info = ctx.metaInfo;
  if (info === undefined) return ctx;
  return ctx.withMetaInfo(new MetaInfo(info.transient, info.stale, withoutPair(info.persistent, key)));
};

/**
 * In a handler: sends `key` back to the caller with the reply. TTHeader only. Answers whether there is a reply to attach it to.
 * Go: `metainfo.SendBackwardValue`.
 */
export const sendBackwardValue = (ctx: Context, key: string, value: string): boolean => {
  const { reply } = ctx;
  if (reply === undefined || key === "" || value === "") return false;
  reply.backwardValues ??= new Map();
  reply.backwardValues.set(key, value);
  return true;
};

/**
 * In a caller: a context that collects what the callee sends back; pass it with `callopt.withContext` and read it with
 * {@link recvBackwardValue} after the call. Go: `metainfo.WithBackwardValues`.
 */
export const withBackwardValues = (ctx: Context): Context => ctx.withBackward({ backwardValues: undefined });

/** Go: `metainfo.RecvBackwardValue`. */
export const recvBackwardValue = (ctx: Context, key: string): string | undefined =>
  ctx.backward?.backwardValues?.get(key);

/** Go: `metainfo.RecvAllBackwardValues`. */
export const recvAllBackwardValues = (ctx: Context): Map<string, string> => new Map(ctx.backward?.backwardValues);
