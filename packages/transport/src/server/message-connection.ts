import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import {
  ApplicationException,
  ApplicationExceptionType,
  ProtocolException,
  RPCError,
  TransportError,
  type TransportProtocol,
} from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import {
  ByteReader,
  CallbackTimer,
  type MessageHead,
  MessageType,
  type PayloadCodec,
  STREAM_MESSAGE,
  timers,
} from "@kitex-ts/core/spi";
import { Outbox } from "../connection/outbox.ts";
import { MessageSplitter } from "../framing/message-splitter.ts";
import { codecAhead, type FoundPayload, openPayload } from "../framing/payload.ts";
import { PREFIX_BYTES, readPairs } from "../ttheader/codec.ts";
import { HEARTBEAT_MESSAGE, writeHeartbeat, writeShutdownFrame } from "../ttheader/control-frame.ts";
import { FLAG_OUT_OF_ORDER } from "../ttheader/keys.ts";
import { checkPayload } from "../ttheader/payload-validation.ts";
import { noRequestInfo, type RequestInfo, RequestInfoReader } from "../ttheader/request-info.ts";
import type { MethodEntry } from "./entry.ts";
import { isFailure } from "./handler-failure.ts";
import {
  type ConnectionHost,
  DRAIN_GRACE_MS,
  type ProtocolHandler,
  type ServedConnection,
} from "./protocol-handler.ts";
import { type ReplyTarget, writeError, writeException, writeResult } from "./reply.ts";
import { refusalTarget, ServedCall } from "./served-call.ts";

/** Less than this in one read timeout is no progress: it bounds how long a message may trickle in. */
const LEAST_PROGRESS_BYTES = 16 * 1024;
/** How long a connection that we gave up goes on reading, so that the peer sees why before it sees the reset. */
const LINGER_MS = 1000;
/** A client that was told to go has this long to do so. */
const FAREWELL_MS = 1000;
/** While nothing is read, a client that knows heartbeats gets one so often: it cannot be heard asking. */
const BUSY_BEAT_MS = 500;

// Shared by all connections: a request is decoded whole before the next is looked at.
const reader = new ByteReader();
const meshReader = new RequestInfoReader();
const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };

/**
 * A connection that speaks messages: TTHeader, Framed, PurePayload, each message as it likes.
 *
 * Requests run one at a time and are answered in order, until the peer shows with a flag in a TTHeader that it takes answers in any order: then
 * they run at the same time. Nothing is read while too much runs, or while the peer does not read.
 */
class MessageConnection implements ServedConnection {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #outbox: Outbox;
  readonly #splitter: MessageSplitter;
  readonly #payload: FoundPayload;
  /** Those that run; a call knows its place. */
  readonly #calls: ServedCall[] = [];
  /** The peer takes answers in any order. */
  #inAnyOrder = false;
  #isPumping = false;
  #isPaused = false;
  /** Reads nothing any more; closes when what runs has been answered. */
  #isClosing = false;
  #isClosed = false;
  /** The peer has closed its side; we have closed ours. */
  #hasEnded = false;
  #isEnded = false;
  readonly #partTimer: CallbackTimer = new CallbackTimer(() => this.#onPartTimer());
  #bytesSincePartTimer = 0;
  #messagesSincePartTimer = 0;
  /** Of clients that have sent a heartbeat. */
  #beatTimer: CallbackTimer | undefined = undefined;

  constructor(socket: Socket, host: ConnectionHost) {
    const { maxMessageBytes, readTimeoutMs } = host.options;
    this.#socket = socket;
    this.#host = host;
    this.#outbox = new Outbox(socket, maxMessageBytes, readTimeoutMs);
    socket.on("timeout", () => this.#onStalled());
    this.#splitter = new MessageSplitter(host.entry.codecs, maxMessageBytes);
    this.#payload = { codec: host.entry.codecs[0] as PayloadCodec, isFramed: false };
  }

  get runningCalls(): number {
    return this.#calls.length;
  }

  get isBusy(): boolean {
    return this.#calls.length > 0 || this.#outbox.backlogBytes > 0;
  }

  get canBeTold(): boolean {
    return this.#splitter.carrier === "TTHeader";
  }

  onBytes(chunk: Buffer): void {
    if (this.#isClosing) return;
    this.#bytesSincePartTimer += chunk.length;
    // The socket calls this: what escapes from here ends the process.
    try {
      this.#splitter.feed(chunk, new DataView(chunk.buffer, chunk.byteOffset, chunk.length), chunk.length);
      this.#pump();
    } catch (error) {
      this.#abort(new TransportError("malformed_frame", messageOf(error), { cause: error }));
    }
  }

  #mayProceed(): boolean {
    if (this.#isClosing || this.#outbox.isBlocked) return false;
    return this.#inAnyOrder ? this.#calls.length < this.#host.options.maxRequestsInFlight : this.#calls.length === 0;
  }

  /** Takes messages from the input while there is room for them. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#takeMessages();
    this.#isPumping = false;
    if (this.#isClosing) return;
    if (this.#splitter.isInsideMessage && !this.#partTimer.isScheduled) this.#watchPart();
    const mustPause = !this.#mayProceed() && this.#splitter.hasInput;
    if (mustPause !== this.#isPaused) {
      this.#isPaused = mustPause;
      if (mustPause) this.#pause();
      else this.#socket.resume();
    }
    if (this.#hasEnded) this.#onEndOfInput();
  }

  #pause(): void {
    this.#socket.pause();
    if (this.#beatTimer !== undefined && !this.#beatTimer.isScheduled) this.#awaitBeat(this.#beatTimer);
  }

  #awaitBeat(timer: CallbackTimer): void {
    timers.add(timer, performance.now() + BUSY_BEAT_MS);
  }

  /** Busy is not dead. */
  #onBeatTimer(timer: CallbackTimer): void {
    if (!this.#isPaused || this.#isClosing) return;
    if (!this.#outbox.isBlocked) this.#beat();
    this.#awaitBeat(timer);
  }

  #beat(): void {
    writeHeartbeat(this.#outbox.writer);
    this.#outbox.commit();
  }

  #onHeartbeat(): void {
    if (this.#beatTimer === undefined) {
      const timer: CallbackTimer = new CallbackTimer(() => this.#onBeatTimer(timer));
      this.#beatTimer = timer;
    }
    this.#beat();
  }

  #takeMessages(): void {
    const now = performance.now();
    for (;;) {
      try {
        while (this.#mayProceed() && this.#splitter.next()) this.#onMessage(now);
        return;
      } catch (error) {
        if (this.#skipOversized(error)) continue;
        this.#giveUp(error);
        return;
      }
    }
  }

  /** A request beyond the limit is answered and costs its neighbours nothing: behind a TTHeader it can be left out. */
  #skipOversized(error: unknown): boolean {
    if (!(error instanceof TransportError) || error.code !== "frame_too_large") return false;
    const { view, start } = this.#splitter;
    const sequenceId = this.#splitter.skipOversized();
    if (sequenceId === undefined) return false;
    if ((view.getUint16(start + 6) & FLAG_OUT_OF_ORDER) !== 0) this.#inAnyOrder = true;
    this.#host.onError(error);
    this.#refuse(this.#unreadableTarget(sequenceId), protocolError(error));
    return true;
  }

  #watchPart(): void {
    if (this.#host.options.readTimeoutMs === 0) return;
    this.#bytesSincePartTimer = 0;
    this.#messagesSincePartTimer = 0;
    timers.add(this.#partTimer, performance.now() + this.#host.options.readTimeoutMs);
  }

  /** Looked at once in a while, so that a message in parts, the normal case under load, costs nothing. */
  #onPartTimer(): void {
    if (this.#isClosing || !this.#splitter.isInsideMessage) return;
    const isMoving =
      this.#messagesSincePartTimer > 0 || this.#bytesSincePartTimer >= LEAST_PROGRESS_BYTES || this.#isPaused;
    if (isMoving) this.#watchPart();
    else {
      const { readTimeoutMs } = this.#host.options;
      this.#giveUp(new TransportError("read_timeout", `half a message, and nothing more for ${readTimeoutMs} ms`));
    }
  }

  #onMessage(now: number): void {
    this.#messagesSincePartTimer++;
    if (this.#splitter.carrier === "TTHeader") this.#onTTHeader(now);
    else this.#onBareMessage(now);
  }

  #onTTHeader(now: number): void {
    const { buffer, view, start, end } = this.#splitter;
    const { headers, entry } = this.#host;
    const sequenceId = view.getInt32(start + 8);
    const flags = view.getUint16(start + 6) & FLAG_OUT_OF_ORDER;
    if (flags !== 0) this.#inAnyOrder = true;
    // Fails only if the header is unreadable; who sends such is not listened to any longer.
    const info = headers.read(buffer, view, start, end);
    const { payloadValidators, maxHeaderBytes } = this.#host.options;
    try {
      if (payloadValidators.length > 0) checkPayload(payloadValidators, buffer, view, start, end, maxHeaderBytes);
    } catch (error) {
      // As in Kitex there is no answer to a payload that was changed on its way, and the connection is given up. Where calls share it, that would
      // cost the neighbours, too.
      if (flags === 0) throw error;
      this.#host.onError(error as RPCError);
      this.#refuse(this.#unreadableTarget(sequenceId), protocolError(error));
      return;
    }
    try {
      openPayload(entry.codecs, reader, buffer, view, headers.payloadStart, end, this.#payload);
      this.#payload.codec.readHead(reader, head);
    } catch (error) {
      // The next message begins where it should: only this one is lost.
      this.#refuse(this.#unreadableTarget(sequenceId), protocolError(error));
      return;
    }
    this.#onRequest(this.#payload.isFramed ? "TTHeaderFramed" : "TTHeader", flags, info, now);
  }

  #onBareMessage(now: number): void {
    const { buffer, view, start, messageStart, end, carrier } = this.#splitter;
    let info = noRequestInfo;
    if (messageStart > start) {
      meshReader.reset();
      readPairs(buffer, view, start + 4, messageStart, true, meshReader);
      info = meshReader.result();
    }
    openPayload(this.#host.entry.codecs, reader, buffer, view, messageStart, end, this.#payload);
    // Without a head there is no id to answer to: the peer can only be told by closing.
    this.#payload.codec.readHead(reader, head);
    this.#onRequest(carrier, 0, info, now);
  }

  /** `head` has been read from `reader`; the arguments follow. */
  #onRequest(protocol: TransportProtocol, flags: number, info: RequestInfo, now: number): void {
    const { codec } = this.#payload;
    const { type, methodName, sequenceId } = head;
    const found = this.#resolve(info, type, methodName, codec);
    if (!("invoke" in found)) {
      if (type === HEARTBEAT_MESSAGE && flags !== 0 && sequenceId === 0) {
        this.#onHeartbeat();
        return;
      }
      this.#decline(protocol, flags, type === MessageType.oneway, found);
      return;
    }
    let request: unknown;
    try {
      request = found.method.codec.readRequest(reader);
    } catch (error) {
      this.#decline(protocol, flags, found.method.oneway, protocolError(error));
      return;
    }
    const recvSize = this.#splitter.end - this.#splitter.start;
    const call = new ServedCall(found, sequenceId, protocol, flags, info, this.#host, now, recvSize);
    call.slot = this.#calls.push(call) - 1;
    this.#run(call, request);
  }

  /** A request whose `head` has been read is not run. Nobody waits for the answer to a oneway call, so the log says why. */
  #decline(protocol: TransportProtocol, flags: number, isOneway: boolean, reason: ApplicationException): void {
    const { methodName, sequenceId } = head;
    if (isOneway) this.#host.onDropped(methodName, reason);
    else {
      const { codec } = this.#payload;
      this.#refuse(refusalTarget(protocol, sequenceId, methodName, codec, flags, this.#host), reason);
    }
  }

  #resolve(
    info: RequestInfo,
    type: number,
    methodName: string,
    codec: PayloadCodec,
  ): MethodEntry | ApplicationException {
    if (type !== MessageType.call && type !== MessageType.oneway && type !== STREAM_MESSAGE) {
      return new ApplicationException(
        ApplicationExceptionType.invalidMessageType,
        `server side, invalid message type ${type}`,
      );
    }
    if (methodName === "") {
      return new ApplicationException(ApplicationExceptionType.protocolError, "the request names no method");
    }
    const found = this.#host.entry.find(info.serviceName, methodName);
    if (!("invoke" in found) || found.service.payloadCodec === codec) return found;
    const other = found.inOtherCodecs?.find(({ service }) => service.payloadCodec === codec);
    if (other !== undefined) return other;
    return new ApplicationException(
      ApplicationExceptionType.invalidProtocol,
      `decode failed, codec msg type not match with ${found.service.payloadCodec.name}`,
    );
  }

  #run(call: ServedCall, request: unknown): void {
    let outcome: unknown;
    try {
      outcome = call.entry.invoke(request, call);
    } catch (error) {
      this.#finish(call, error, true);
      return;
    }
    if (isPromise(outcome)) {
      outcome.then(
        (result) => this.#finish(call, result, false),
        (error: unknown) => this.#finish(call, error, true),
      );
    } else this.#finish(call, outcome, false);
  }

  #finish(call: ServedCall, outcome: unknown, hasFailed: boolean): void {
    this.#remove(call);
    if (hasFailed && this.#isWorthReporting(call, outcome)) this.#host.onFailure(outcome, call.entry);
    call.end();
    if (this.#isClosed) return;
    if (!call.method.oneway) this.#answer(call, outcome, hasFailed);
    if (this.#isClosing) this.#closeWhenDone();
    else if (this.#isPaused || this.#hasEnded || this.#splitter.hasInput) this.#pump();
  }

  /** Of a oneway call nobody else hears. That the caller has gone, and a handler stopped for it, is no failure. */
  #isWorthReporting(call: ServedCall, error: unknown): boolean {
    const { method } = call;
    if (method.oneway) return true;
    return !(call.isCancellable && call.cancelSlot.cancelReason === error) && isFailure(error, method.codec);
  }

  #answer(call: ServedCall, outcome: unknown, hasFailed: boolean): void {
    const { writer, isBlocked } = this.#outbox;
    const { maxMessageBytes, maxPendingBytes } = this.#host.options;
    if (isBlocked && this.#outbox.backlogBytes > maxPendingBytes) {
      const detail = `${this.#outbox.backlogBytes} bytes wait for ${this.#host.peerAddress} to read them, the limit is ${maxPendingBytes}`;
      this.#abort(new TransportError("peer_does_not_read", detail, { kind: "overlimit" }));
      return;
    }
    const start = writer.offset;
    try {
      const write = hasFailed ? writeError : writeResult;
      write(writer, call, call.method.codec, outcome, maxMessageBytes);
    } catch (error) {
      // Not even the exception in place of the answer could be written. This runs behind the handler's promise: nothing may escape.
      writer.offset = start;
      this.#host.onError(new TransportError("encode_failed", messageOf(error), { cause: error }));
      return;
    }
    this.#outbox.commit();
  }

  #remove(call: ServedCall): void {
    const last = this.#calls.pop() as ServedCall;
    if (last === call) return;
    this.#calls[call.slot] = last;
    last.slot = call.slot;
  }

  /** Answers a request that was not run. */
  #refuse(target: ReplyTarget, reason: ApplicationException): void {
    const { writer } = this.#outbox;
    const start = writer.offset;
    try {
      writeException(writer, target, reason.typeId, reason.remoteMessage);
      this.#outbox.commit();
    } catch (error) {
      writer.offset = start;
      this.#host.onError(new TransportError("encode_failed", messageOf(error), { cause: error }));
    }
  }

  #unreadableTarget(sequenceId: number): ReplyTarget {
    const { view, start, end } = this.#splitter;
    const payloadStart =
      end - start < PREFIX_BYTES ? end : start + PREFIX_BYTES + view.getUint16(start + PREFIX_BYTES - 2) * 4;
    // Where the payload has not come as far as that: the one spoken here last.
    const codec = codecAhead(this.#host.entry.codecs, view, payloadStart, end) ?? this.#payload.codec;
    return refusalTarget("TTHeader", sequenceId, "", codec, this.#inAnyOrder ? FLAG_OUT_OF_ORDER : 0, this.#host);
  }

  onDrain(): void {
    this.#outbox.onDrain();
    this.#pump();
  }

  #onStalled(): void {
    const { backlogBytes } = this.#outbox;
    if (backlogBytes === 0) return;
    const detail = `${this.#host.peerAddress} has read nothing for ${this.#host.options.readTimeoutMs} ms, ${backlogBytes} bytes wait for it`;
    this.#abort(new TransportError("peer_does_not_read", detail));
  }

  /** Ends the connection at once: there is no way to tell the peer why. */
  #abort(reason: RPCError): void {
    if (this.#isClosed) return;
    this.#isClosing = true;
    this.#isEnded = true;
    this.#host.onError(reason);
    this.#socket.destroy();
  }

  /** Many clients never close one side only, so those of a multiplexed connection have gone; any other may still wait for its answers. */
  onEnd(): void {
    this.#hasEnded = true;
    if (this.#inAnyOrder) this.#cancelCalls();
    if (!this.#isClosing) this.#pump();
  }

  #onEndOfInput(): void {
    if (this.#splitter.hasInput && !this.#splitter.isInsideMessage) return;
    if (this.#splitter.isInsideMessage) {
      this.#host.onError(new TransportError("connection_closed", "the peer closed inside a message"));
    }
    this.#isClosing = true;
    this.#closeWhenDone();
  }

  onClose(): void {
    this.#isClosed = true;
    this.#isClosing = true;
    timers.remove(this.#partTimer);
    if (this.#beatTimer !== undefined) timers.remove(this.#beatTimer);
    this.#cancelCalls();
  }

  #cancelCalls(): void {
    const waitedFor = this.#calls.filter((call) => call.isCancellable);
    if (waitedFor.length === 0) return;
    const reason = new RPCError("canceled_by_business", `the caller at ${this.#host.peerAddress} has gone`);
    for (const call of waitedFor) call.cancelSlot.cancel(reason);
  }

  /** Nothing that follows on this connection can be understood. What runs is still answered. */
  #giveUp(error: unknown): void {
    const reason =
      error instanceof RPCError ? error : new TransportError("malformed_frame", messageOf(error), { cause: error });
    this.#host.onError(reason);
    this.#answerUnreadable(reason);
    this.#isClosing = true;
    timers.remove(this.#partTimer);
    if (this.#isPaused) this.#socket.resume();
    this.#closeWhenDone();
  }

  /** If what came looks like a request with an id, its caller is told before the connection closes. */
  #answerUnreadable(reason: RPCError): void {
    const { view, start, end, carrier } = this.#splitter;
    if (carrier === "PurePayload" && reason instanceof ProtocolException) this.#answerEndless(reason);
    const isKnown =
      reason instanceof TransportError && (reason.code === "frame_too_large" || reason.code === "malformed_header");
    if (!isKnown || carrier !== "TTHeader" || end - start < 12) return;
    this.#refuse({ ...this.#unreadableTarget(view.getInt32(start + 8)), isReset: true }, protocolError(reason));
  }

  /** Nothing but its arguments tells where such a message ends, and they cannot be read. What stands before them may have been. */
  #answerEndless(reason: ProtocolException): void {
    const { buffer, view, messageStart, end } = this.#splitter;
    try {
      openPayload(this.#host.entry.codecs, reader, buffer, view, messageStart, end, this.#payload);
      this.#payload.codec.readHead(reader, head);
    } catch {
      return;
    }
    const { type, methodName } = head;
    const found = this.#resolve(noRequestInfo, type, methodName, this.#payload.codec);
    const refusal = "invoke" in found ? protocolError(reason) : found;
    this.#decline("PurePayload", 0, type === MessageType.oneway, refusal);
  }

  #closeWhenDone(): void {
    if (this.#calls.length > 0 || this.#isClosed || this.#isEnded) return;
    this.#isEnded = true;
    // Closing over unread bytes would reset the connection and could destroy the answer on its way.
    this.#outbox.end(() => setTimeout(() => this.#socket.destroy(), LINGER_MS).unref());
  }

  beginDrain(): void {
    if (!this.#inAnyOrder || this.#isClosing) return;
    writeShutdownFrame(this.#outbox.writer);
    this.#outbox.commit();
  }

  closeIfIdle(idleMs: number): void {
    if (this.#isClosing || this.isBusy || this.#splitter.hasInput) return;
    if (idleMs < (this.#inAnyOrder ? FAREWELL_MS : DRAIN_GRACE_MS)) return;
    this.#isClosing = true;
    this.#closeWhenDone();
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** What cannot be decoded is answered with type 7 and the decoder's words. */
const protocolError = (error: unknown): ApplicationException => {
  if (error instanceof ApplicationException) return error;
  const text = error instanceof RPCError ? error.detail : messageOf(error);
  return new ApplicationException(ApplicationExceptionType.protocolError, text);
};

/** Takes every connection that no other protocol claims. What it cannot read, it says in the error. */
export const messageProtocol: ProtocolHandler = {
  name: "messages",
  matches: () => "yes",
  serve: (socket, host) => new MessageConnection(socket, host),
};
