/** What a stream tells its owner: nothing before `open` has returned, nothing after `onEnd`. */
export interface ADSStreamEvents {
  /** One message of the control plane, as it came. */
  onMessage(bytes: Uint8Array): void;
  /** The stream is over; `reason` is for people. Called once, unless the owner closed the stream. */
  onEnd(reason: string): void;
}

/** One bidirectional stream of discovery messages. */
export interface ADSStream {
  send(bytes: Uint8Array): void;
  /** Stops and resumes reading; what the peer sends meanwhile waits on its side. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Opens streams to one control plane. */
export interface ADSTransport {
  /** `host:port` or `unix:/path`, for messages. */
  readonly address: string;
  /** Connects anew, names resolved again. Failures arrive as `onEnd`, never as an exception. */
  open(events: ADSStreamEvents): ADSStream;
}
