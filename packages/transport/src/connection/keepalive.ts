// How a dead peer is found behind a network that says nothing, between kitex-ts peers:
//
//   the first look            a heartbeat: a peer that knows what it is answers with another. One that does not is left alone from then on
//   something has come        fine, nothing is sent: while calls are answered there are no heartbeats
//   something waits to go     fine, as far as this goes: a heartbeat would come behind it, and the answer when the peer has taken all that
//   nothing for `timeMs`      a heartbeat
//   `timeoutMs` later, still  dead
//
// Nothing is counted or timed per call: a look compares how many bytes have come with how many there were.

/** What to do about a connection. */
export type Pulse = "fine" | "ask" | "dead";

/** Watches one connection. */
export class Keepalive {
  /** The peer has sent a heartbeat: that it is silent means something from then on. */
  isAnswered = false;
  #hasAsked = false;
  #bytesRead = -1;
  #quietSince = 0;
  /** Of the heartbeat that has not been answered; 0 without. */
  #askedAt = 0;

  look(bytesRead: number, isSending: boolean, now: number, timeMs: number, timeoutMs: number): Pulse {
    if (bytesRead !== this.#bytesRead || isSending) {
      this.#bytesRead = bytesRead;
      this.#quietSince = now;
      this.#askedAt = 0;
    }
    if (!this.isAnswered) {
      if (this.#hasAsked) return "fine";
      this.#hasAsked = true;
      return "ask";
    }
    if (this.#askedAt > 0) return now - this.#askedAt >= timeoutMs ? "dead" : "fine";
    if (now - this.#quietSince < timeMs) return "fine";
    this.#askedAt = now;
    return "ask";
  }
}

/** How often to look, so that both times can be kept. */
export const keepaliveLookMs = (timeMs: number, timeoutMs: number): number =>
  Math.max(10, Math.min(2500, Math.min(timeMs, timeoutMs) / 4));
