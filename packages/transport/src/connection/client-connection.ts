import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { RPCError, TransportError } from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import { ByteReader, type MessageHead, MessageType, type PayloadCodec } from "@kitex-ts/core/spi";
import { MessageSplitter } from "../framing/message-splitter.ts";
import { type FoundPayload, openPayload } from "../framing/payload.ts";
import { tlsFailure } from "../tls/secure-dialer.ts";
import { readHeader } from "../ttheader/codec.ts";
import { isHeartbeat, writeHeartbeat } from "../ttheader/control-frame.ts";
import { FLAG_OUT_OF_ORDER } from "../ttheader/keys.ts";
import { checkPayload, type PayloadValidator } from "../ttheader/payload-validation.ts";
import { isPlainReply, PLAIN_REPLY_BYTES, ReplyHeader } from "../ttheader/reply-header.ts";
import type { ReceiveBuffer } from "./dial.ts";
import { Keepalive } from "./keepalive.ts";
import { Outbox } from "./outbox.ts";
import { type CallHolder, callError, type PendingCall } from "./pending-call.ts";
import { decodeFailure, settleWithReply } from "./reply.ts";
import type { RequestWriter } from "./request-writer.ts";
import { SequenceTable } from "./sequence-table.ts";

/** Whoever keeps a connection hears what becomes of it. */
export interface ConnectionOwner {
  /** The first answer has come; `inAnyOrder`: the peer says that it answers as calls finish. */
  onProof(connection: ClientConnection, inAnyOrder: boolean): void;
  /** An exclusive connection has nothing to do. */
  onIdle(connection: ClientConnection): void;
  /** No more calls go here; those in flight go on. */
  onDraining(connection: ClientConnection): void;
  /** The peer is about to stop: it wants no new connections. */
  onPeerLeaving(): void;
  /** It is gone. Nothing of the `unwritten` calls reached the socket; the others have failed. */
  onClosed(connection: ClientConnection, unwritten: readonly PendingCall[]): void;
  /** A call that has not gone out here is to begin anew. */
  submit(call: PendingCall): void;
}

export interface ConnectionSettings {
  readonly codecs: readonly PayloadCodec[];
  readonly requestWriter: RequestWriter;
  readonly maxMessageBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxPendingCalls: number;
  readonly maxPendingBytes: number;
  readonly payloadValidators: readonly PayloadValidator[];
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
}

/** A shared connection on which calls are given up after so long a silence takes no more: its peer may be gone without a word. */
const SILENCE_MS = 5000;

/** The peer may have closed a connection that has had nothing to do for so long, without our having looked. */
const RESTED_MS = 20;

// Shared by all connections: a message is dealt with before the next is looked at.
const reader = new ByteReader();
const replyHeader = new ReplyHeader();
const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };

/**
 * One socket to a server. *Shared*, it carries any number of calls, and answers find theirs by sequence id; *exclusive*, one at a time. Every
 * connection begins exclusive unless its owner says otherwise.
 */
export class ClientConnection implements CallHolder {
  readonly address: string;
  isShared = false;
  /** Monotonic milliseconds since when nothing was in flight. */
  idleSince = 0;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #settings: ConnectionSettings;
  readonly #outbox: Outbox;
  readonly #calls: SequenceTable<PendingCall> = new SequenceTable<PendingCall>(4);
  readonly #splitter: MessageSplitter;
  readonly #receiveBuffer: ReceiveBuffer;
  readonly #payload: FoundPayload;
  #isProven = false;
  /** Of peers that answer in any order, which none but kitex-ts says of itself. */
  #keepalive: Keepalive | undefined = undefined;
  #isDraining = false;
  #isClosed = false;
  #isReferenced = true;
  /** Has not been put aside since the last call: what is written goes out at the end of the turn. */
  #isAwake = true;
  #isLooking = false;
  #isEncoding = false;
  /** Oneway calls that wait for the poller with all others: no table has them, and they are not to be lost where others are not. */
  readonly #heldOneways: PendingCall[] = [];
  /** Id of the oneway call sent last: if the peer answers it after all, that is no reason to worry. */
  #onewayId = 0;
  #socketError: Error | undefined = undefined;
  /** When the first call was made after the peer was last heard; `Infinity` without any. */
  #silentSince = Infinity;

  constructor(
    socket: Socket,
    receiveBuffer: ReceiveBuffer,
    address: string,
    settings: ConnectionSettings,
    owner: ConnectionOwner,
  ) {
    this.#socket = socket;
    this.#receiveBuffer = receiveBuffer;
    this.address = address;
    this.#settings = settings;
    this.#owner = owner;
    this.#outbox = new Outbox(socket, settings.maxMessageBytes);
    this.#splitter = new MessageSplitter(settings.codecs, settings.maxMessageBytes);
    this.#payload = { codec: settings.codecs[0] as PayloadCodec, isFramed: false };
    receiveBuffer.onBytes = (length) => this.#onBytes(length);
    socket.on("error", (error) => {
      this.#socketError = error;
    });
    socket.on("drain", () => this.#outbox.onDrain());
    socket.on("timeout", () => this.#onStalled());
    socket.on("end", () => this.#onGone());
    socket.on("close", () => this.#onGone());
  }

  /** May a new call go here? An exclusive one must be idle besides. */
  get isUsable(): boolean {
    return !this.#isDraining && !this.#isClosed && this.#socket.writable;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get callsInFlight(): number {
    return this.#calls.size;
  }

  /** Sends a call. Answers whether it is in flight now: a oneway call never is, nor is one that could not be encoded. */
  send(call: PendingCall): boolean {
    const { attempt } = call;
    const outbox = this.#outbox;
    if (this.#isEncoding) {
      // Made by a getter or an iterator inside the request that is being written: its bytes would end up in the middle of that.
      queueMicrotask(() => {
        if (!call.isSettled) this.#owner.submit(call);
      });
      return false;
    }
    const refusal = this.#refusal(call);
    if (refusal !== undefined) {
      call.fail(refusal);
      return false;
    }
    // What waits for the poller has its limit as well.
    if (!this.#isAwake && outbox.isFull) this.#onAwake();
    const isOneway = attempt.call.target.method.oneway;
    if (isOneway) call.sequenceId = this.#onewayId = this.#calls.skip();
    else this.#calls.add(call);
    this.#isEncoding = true;
    try {
      attempt.sendSize = this.#settings.requestWriter.write(outbox.writer, attempt, call.sequenceId, call.request);
      this.#isEncoding = false;
    } catch (error) {
      this.#isEncoding = false;
      this.#calls.take(call.sequenceId);
      call.fail(encodeFailure(call, error));
      return false;
    }
    attempt.sequenceId = call.sequenceId;
    call.tries++;
    call.flushMark = outbox.flushes;
    if (this.#isAwake) outbox.commit();
    else this.#wake(attempt.call.startedAt);
    if (isOneway) {
      if (this.#isAwake) call.succeed(undefined);
      else this.#heldOneways.push(call);
      return false;
    }
    call.holder = this;
    if (this.#silentSince === Infinity) this.#silentSince = attempt.call.startedAt;
    this.#reference(true);
    return true;
  }

  /**
   * The end of the connection may have arrived while it was idle, and lie there unread. So what has been written after a pause waits until the
   * poller has looked: calls that meet such an end were not sent, and take another connection.
   */
  #wake(now: number): void {
    if (this.#isLooking) return;
    if (now - this.idleSince < RESTED_MS) {
      this.#isAwake = true;
      this.#outbox.commit();
      return;
    }
    this.#isLooking = true;
    // The first comes behind a look of the poller that may have been before the call.
    setImmediate(() => setImmediate(this.#onAwake));
  }

  readonly #onAwake = (): void => {
    this.#isLooking = false;
    this.#isAwake = true;
    this.#outbox.commit();
    for (const call of this.#heldOneways.splice(0)) call.succeed(undefined);
  };

  #refusal(call: PendingCall): RPCError | undefined {
    const { maxPendingCalls, maxPendingBytes } = this.#settings;
    if (this.#calls.size >= maxPendingCalls) {
      const detail = `${maxPendingCalls} calls are waiting for ${this.address}; raise maxPendingCalls or send fewer at once`;
      return callError(call, "too_many_calls", detail, { kind: "overlimit", requestWritten: false });
    }
    if (this.#outbox.backlogBytes > maxPendingBytes) {
      const detail = `${this.address} does not read: ${this.#outbox.backlogBytes} bytes wait to be sent, the limit is ${maxPendingBytes}`;
      return callError(call, "peer_does_not_read", detail, { kind: "overlimit", requestWritten: false });
    }
    return undefined;
  }

  /** The call was given up. On a shared connection its late answer is recognized by its id; an exclusive one is in no known state any more. */
  release(call: PendingCall): void {
    if (this.#calls.take(call.sequenceId) === undefined) return;
    if (!this.isShared) {
      this.#close(undefined, true);
      return;
    }
    if (performance.now() - this.#silentSince > SILENCE_MS) this.drain();
    else if (this.#calls.size === 0) this.#onNothingInFlight();
  }

  /** Takes no more calls, and closes when those in flight have ended. */
  drain(): void {
    if (this.#isDraining || this.#isClosed) return;
    this.#isDraining = true;
    this.#owner.onDraining(this);
    if (this.#calls.size === 0) this.#close(undefined, false);
  }

  /** Asks a silent peer whether it is there, and gives up one that does not say so. Called once in a while. */
  keepAlive(now: number): void {
    if (this.#keepalive === undefined || this.#isClosed) return;
    const { keepaliveTimeMs, keepaliveTimeoutMs } = this.#settings;
    const { bytesRead } = this.#socket;
    const isSending = this.#outbox.backlogBytes > 0;
    // The socket knows whether the peer takes of what it is sent, and emits `timeout` when it does not.
    const stallTimeoutMs = isSending ? keepaliveTimeMs + keepaliveTimeoutMs : 0;
    if ((this.#socket.timeout ?? 0) !== stallTimeoutMs) this.#socket.setTimeout(stallTimeoutMs);
    const pulse = this.#keepalive.look(bytesRead, isSending, now, keepaliveTimeMs, keepaliveTimeoutMs);
    if (pulse === "ask") {
      writeHeartbeat(this.#outbox.writer);
      this.#outbox.commit();
    } else if (pulse === "dead") {
      // After a pause of our own, what the peer has sent meanwhile lies there unread: it is read before this runs.
      setImmediate(() => {
        if (this.#socket.bytesRead === bytesRead) this.cutOff(silent(this.address, keepaliveTimeoutMs));
      });
    }
  }

  #onStalled(): void {
    const { keepaliveTimeMs, keepaliveTimeoutMs } = this.#settings;
    if (this.#outbox.backlogBytes > 0) this.cutOff(stalled(this.address, keepaliveTimeMs + keepaliveTimeoutMs));
  }

  /** Ends it at once, with the calls that are in flight. */
  cutOff(reason: RPCError): void {
    this.#close(reason, false);
  }

  /** Lets the process end while nothing is in flight. */
  #reference(isNeeded: boolean): void {
    if (this.#isReferenced === isNeeded) return;
    this.#isReferenced = isNeeded;
    if (isNeeded) this.#socket.ref();
    else this.#socket.unref();
  }

  /** The owner has put it aside. */
  park(now: number): void {
    this.idleSince = now;
    this.#isAwake = false;
    this.#reference(false);
  }

  #onBytes(length: number): void {
    if (this.#isClosed) return;
    // The socket calls this: what escapes from here ends the process.
    try {
      this.#take(length);
    } catch (error) {
      this.#close(asTransportError(error), false);
    }
  }

  #take(length: number): void {
    const splitter = this.#splitter;
    const hadCalls = this.#calls.size > 0;
    this.#silentSince = Infinity;
    splitter.feed(this.#receiveBuffer.buffer, this.#receiveBuffer.view, length);
    if (!this.#takeMessages()) return;
    if (this.#calls.size > 0) return;
    // Not before all that came has been looked at: a connection with surplus bytes must not be used again.
    if (!this.isShared && splitter.isInsideMessage) this.#close(unexpected(this.address), false);
    else if (hadCalls) this.#onNothingInFlight();
  }

  /** Answers false when the connection does not live to see the next bytes. */
  #takeMessages(): boolean {
    for (;;) {
      try {
        while (this.#splitter.next()) {
          this.#onMessage();
          if (this.#isClosed) return false;
        }
        return true;
      } catch (error) {
        if (this.#skipOversized(error)) continue;
        this.#close(asTransportError(error), false);
        return false;
      }
    }
  }

  /** An answer beyond the limit costs its own call and none of its neighbours': behind a TTHeader it can be left out. */
  #skipOversized(error: unknown): boolean {
    if (!this.isShared || !(error instanceof TransportError) || error.code !== "frame_too_large") return false;
    const sequenceId = this.#splitter.skipOversized();
    if (sequenceId === undefined) return false;
    const call = this.#calls.take(sequenceId);
    if (call !== undefined) call.fail(decodeFailure(call, error));
    return true;
  }

  #onNothingInFlight(): void {
    if (this.#isDraining) this.#close(undefined, false);
    else if (this.isShared) this.park(performance.now());
    else this.#owner.onIdle(this);
  }

  #onMessage(): void {
    const { carrier, start, view } = this.#splitter;
    if (carrier === "TTHeader") this.#onTTHeader(view.getInt32(start + 8));
    else this.#onBareMessage();
  }

  #onTTHeader(sequenceId: number): void {
    const { buffer, view, start, end } = this.#splitter;
    const { payloadValidators: validators, maxHeaderBytes } = this.#settings;
    const call = this.#calls.take(sequenceId);
    const isFirst = !this.#isProven;
    const backward = call?.attempt.backward;
    // What most replies are says nothing beside the payload.
    const header = backward === undefined && isPlainReply(view, start, end) ? undefined : replyHeader;
    try {
      let payloadStart = start + PLAIN_REPLY_BYTES;
      if (header !== undefined) {
        header.reset();
        if (backward !== undefined) header.collected = backward.backwardValues ?? new Map<string, string>();
        payloadStart = readHeader(buffer, view, start, end, maxHeaderBytes, header);
      }
      if (call !== undefined) {
        if (!this.#isProven) this.#onFirstReply((view.getUint16(start + 6) & FLAG_OUT_OF_ORDER) !== 0);
        call.attempt.recvSize = end - start;
        if (validators.length > 0) checkPayload(validators, buffer, view, start, end, maxHeaderBytes);
        if (backward !== undefined && header?.collected !== undefined && header.collected.size > 0) {
          backward.backwardValues = header.collected;
        }
        const business = header?.bizStatusError();
        if (business === undefined) this.#settle(call, payloadStart, end);
        else call.fail(business);
      } else if (this.#keepalive !== undefined && isHeartbeat(view, payloadStart, end))
        this.#keepalive.isAnswered = true;
    } catch (error) {
      if (call === undefined) throw error;
      call.fail(decodeFailure(call, error));
      // Where bytes change on the way, nothing more is sent; Kitex drops the connection, too.
      if (error instanceof RPCError && error.kind === "payload_validation") this.drain();
    }
    if (call === undefined) this.#onUnknownReply(sequenceId);
    if (header?.isReset !== true) return;
    // A connection that has only begun is not asked for its own sake, as one with outdated certificates would be.
    if (isFirst) this.#owner.onPeerLeaving();
    this.drain();
  }

  #settle(call: PendingCall, payloadStart: number, end: number): void {
    const { buffer, view } = this.#splitter;
    openPayload(this.#settings.codecs, reader, buffer, view, payloadStart, end, this.#payload);
    this.#payload.codec.readHead(reader, head);
    if (settleWithReply(call, head, reader) && !this.isShared) this.drain();
  }

  /** An answer without a TTHeader: its id stands in the payload. */
  #onBareMessage(): void {
    const { buffer, view, messageStart, end } = this.#splitter;
    openPayload(this.#settings.codecs, reader, buffer, view, messageStart, end, this.#payload);
    this.#payload.codec.readHead(reader, head);
    // Kitex may answer with an exception before it has read the id.
    const sequenceId = head.type === MessageType.exception && !this.isShared ? this.#calls.anyId() : head.sequenceId;
    const call = this.#calls.take(sequenceId);
    if (call === undefined) {
      this.#onUnknownReply(head.sequenceId);
      return;
    }
    if (!this.#isProven) this.#onFirstReply(false);
    call.attempt.recvSize = end - this.#splitter.start;
    if (settleWithReply(call, head, reader) && !this.isShared) this.drain();
  }

  #onFirstReply(inAnyOrder: boolean): void {
    this.#isProven = true;
    if (inAnyOrder) this.#keepalive = new Keepalive();
    this.#owner.onProof(this, inAnyOrder);
  }

  /** On a shared connection it is late; 0 stands for control frames. On an exclusive one nobody can have asked for it. */
  #onUnknownReply(sequenceId: number): void {
    if (this.isShared || sequenceId === 0 || sequenceId === this.#onewayId) return;
    this.#close(unexpected(this.address), false);
  }

  #onGone(): void {
    const cause = this.#socketError;
    // With TLS 1.3 a server looks at the client's certificate when the client believes that all is well.
    const isRefusal = this.#socket instanceof TLSSocket && !this.#isProven;
    const why =
      cause === undefined ? " by the peer" : `: ${(isRefusal && tlsFailure(cause, this.address)) || cause.message}`;
    const hint = isRefusal
      ? " right after the TLS handshake; has the server refused our certificate? Its log says why"
      : "";
    this.#close(
      new TransportError("connection_closed", `the connection to ${this.address} was closed${why}${hint}`, { cause }),
      false,
    );
  }

  /** `isAbrupt`: tell the peer that nobody waits any more, as a plain close cannot. */
  #close(reason: RPCError | undefined, isAbrupt: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (isAbrupt) reset(this.#socket);
    else if (reason === undefined) this.#outbox.end(() => this.#socket.destroySoon());
    else this.#socket.destroy();
    const { flushes } = this.#outbox;
    const unwritten: PendingCall[] = [];
    for (const call of this.#calls.clear()) {
      if (call.flushMark === flushes) unwritten.push(call);
      else call.fail(lost(call, reason));
    }
    for (const call of this.#heldOneways.splice(0)) {
      if (call.flushMark !== flushes) call.succeed(undefined);
      else if (!call.isSettled) unwritten.push(call);
    }
    this.#owner.onClosed(this, unwritten);
  }
}

/** Not every kind of socket can be reset; it is closed then, which the peer hears as well. */
const reset = (socket: Socket): void => {
  try {
    socket.resetAndDestroy();
  } catch {
    socket.destroy();
  }
};

const asTransportError = (error: unknown): RPCError =>
  error instanceof RPCError ? error : new TransportError("malformed_frame", messageOf(error), { cause: error });

const unexpected = (address: string): TransportError =>
  new TransportError("unexpected_answer", `${address} sent an answer that nobody waits for`);

const silent = (address: string, timeoutMs: number): TransportError => {
  const detail = `${address} has sent nothing for a long time, and left a heartbeat unanswered for ${timeoutMs} ms`;
  return new TransportError("keepalive_timeout", detail);
};

const stalled = (address: string, timeoutMs: number): TransportError =>
  new TransportError("keepalive_timeout", `${address} has taken and sent nothing for ${timeoutMs} ms`);

/** The connection's end, as seen by one of its calls. */
const lost = (call: PendingCall, reason: RPCError | undefined): RPCError => {
  const code = reason instanceof TransportError ? reason.code : "connection_closed";
  const detail = reason?.detail ?? "the connection was closed";
  return callError(call, code, `${detail}; the answer is lost`, { requestWritten: true, cause: reason });
};

const encodeFailure = (call: PendingCall, error: unknown): RPCError => {
  const context = call.context(false);
  if (error instanceof RPCError) {
    return callError(call, error instanceof TransportError ? error.code : "encode_failed", error.detail, {
      kind: error.kind,
      requestWritten: false,
      cause: error,
    });
  }
  return new TransportError("encode_failed", `request cannot be encoded: ${messageOf(error)}`, {
    ...context,
    cause: error,
  });
};
