// For those who implement a part of the framework: a resolver, a balancer, a payload codec, a router.

export { ByteReader } from "./bytes/byte-reader.ts";
export { ByteWriter } from "./bytes/byte-writer.ts";
export { PreparedBytes } from "./bytes/prepared-bytes.ts";
export { RepeatedBytes } from "./bytes/repeated-bytes.ts";
export { Attempt, type AttemptLimit, attemptOf, Call, type MethodTarget } from "./call.ts";
export { CancelSlot, type Waiter } from "./cancel.ts";
export type { CallEndpoint, CallMiddleware } from "./endpoint.ts";
export { MetaPairs, withPair } from "./meta-pairs.ts";
export { MetaInfo } from "./metainfo.ts";
export { type CallSettings, type PolicySource, routeTimeoutMs, type Sourced, sourced } from "./policy.ts";
export type { RouteDecision } from "./route.ts";
export { type CallerInfo, type Peer, ServerCall } from "./server-call.ts";
export { parseAddress, type SocketAddress } from "./spi/address.ts";
export type { Instance, Resolver, Snapshot, Subscription, Tags } from "./spi/discovery.ts";
export type { LoadBalancer, Outcome, Picker } from "./spi/load-balancer.ts";
export { type Logger, stderrLogger } from "./spi/logger.ts";
export {
  type MessageHead,
  MessageType,
  type MethodCodec,
  type PayloadCodec,
  type ScanState,
  STREAM_MESSAGE,
} from "./spi/payload-codec.ts";
export type { PeerVerifier, Security, TLSGeneration, TLSMaterial } from "./spi/security.ts";
export { CallbackTimer } from "./time/callback-timer.ts";
export { type TimerSource, TimerWheel, timers, WheelTimer } from "./time/timer-wheel.ts";
