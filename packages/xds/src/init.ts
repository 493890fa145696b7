import type { OptionEntry } from "@kitex-ts/core";
import { applyOptions } from "@kitex-ts/core/internal";
import { stderrLogger, type TimerSource } from "@kitex-ts/core/spi";
import { grpcTransport } from "./ads/grpc-transport.ts";
import { bootstrapConfig } from "./bootstrap/bootstrap-config.ts";
import { XDSBootstrapError } from "./bootstrap/bootstrap-error.ts";
import { openDefaultManager, setDefaultManager } from "./manager/default-manager.ts";
import { XDSResourceManager } from "./manager/xds-resource-manager.ts";
import type { XDSOption, XDSSettings } from "./option.ts";

const clock: TimerSource = {
  now: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/**
 * Starts a manager for one control plane without making it the process default: for programs that live in several meshes. Pass it to
 * {@link clientSuite}. Otherwise as {@link init}.
 */
export async function createXDSResourceManager(
  ...options: readonly OptionEntry<XDSOption>[]
): Promise<XDSResourceManager> {
  const settings: XDSSettings = {
    environment: process.env,
    serverAddress: undefined,
    dialect: undefined,
    metadata: {},
    fetchTimeoutMs: 3_000,
    answerTimeoutMs: 0,
    logger: stderrLogger,
  };
  applyOptions("xds", options, settings);
  const bootstrap = bootstrapConfig(settings.environment, settings);
  const manager = new XDSResourceManager({
    bootstrap,
    transport: await grpcTransport(bootstrap.server.address, bootstrap.server.auth),
    fetchTimeoutMs: settings.fetchTimeoutMs,
    logger: settings.logger,
    clock,
    random: Math.random,
  });
  if (settings.answerTimeoutMs === 0) return manager;
  try {
    await manager.answered(settings.answerTimeoutMs);
    return manager;
  } catch (error) {
    await manager.close();
    throw error;
  }
}

/**
 * Joins the mesh: reads the environment (`POD_NAMESPACE`, `POD_NAME`, `INSTANCE_IP`, `KITEX_XDS_METAS`, `KITEX_XDS_ISTIO_ADDR`, …), connects to
 * the control plane and makes the manager the process default, which suites use when they are given none. Returns as soon as it has begun to
 * connect: an unreachable control plane fails calls, not the start ({@link withFailFast} changes that). Kitex: `xds.Init`.
 *
 * @throws XDSBootstrapError when the environment or an option is missing or wrong, or when a default manager is open already
 */
export async function init(...options: readonly OptionEntry<XDSOption>[]): Promise<XDSResourceManager> {
  refuseSecond();
  const manager = await createXDSResourceManager(...options);
  try {
    // Another call of `init` may have been quicker.
    refuseSecond();
  } catch (error) {
    await manager.close();
    throw error;
  }
  setDefaultManager(manager);
  return manager;
}

function refuseSecond(): void {
  const open = openDefaultManager();
  if (open === undefined) return;
  throw new XDSBootstrapError(
    "init",
    `it is initialised already, with the control plane ${open.status.address}. Close that manager first, or start another beside it with xds.createXDSResourceManager`,
  );
}
