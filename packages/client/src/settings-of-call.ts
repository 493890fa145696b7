import type { CallOption } from "@kitex-ts/core";
import { applyCallOptions, type CallOverrides } from "@kitex-ts/core/internal";
import { type CallSettings, sourced } from "@kitex-ts/core/spi";

/** Applies call options to a fresh record. */
export const overridesOf = (options: readonly CallOption[]): CallOverrides => {
  const overrides: CallOverrides = {
    rpcTimeoutMs: undefined,
    connectTimeoutMs: undefined,
    hostPort: undefined,
    tags: undefined,
    signal: undefined,
    context: undefined,
  };
  applyCallOptions(options, overrides);
  return overrides;
};

/** The client's settings with this call's overrides on top. The client's own record when nothing in it changes. */
export const settingsWith = (base: CallSettings, overrides: CallOverrides): CallSettings => {
  const { rpcTimeoutMs, connectTimeoutMs, hostPort, tags } = overrides;
  if (rpcTimeoutMs === undefined && connectTimeoutMs === undefined && hostPort === undefined && tags === undefined)
    return base;
  return {
    rpcTimeoutMs: rpcTimeoutMs === undefined ? base.rpcTimeoutMs : sourced(rpcTimeoutMs, "call option"),
    connectTimeoutMs: connectTimeoutMs === undefined ? base.connectTimeoutMs : sourced(connectTimeoutMs, "call option"),
    transportProtocol: base.transportProtocol,
    tags: tags === undefined ? base.tags : base.tags === undefined ? tags : new Map([...base.tags, ...tags]),
    hostPort: hostPort ?? base.hostPort,
  };
};
