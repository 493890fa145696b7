/** How the connection to the control plane is doing. */
export interface ConnectionStatus {
  /** `connected` means that this stream has brought a response. */
  readonly state: "connecting" | "connected" | "unreachable" | "closed";
  /** `host:port` or `unix:/path` of the control plane. */
  readonly address: string;
  /** When it came into this state. */
  readonly since: Date;
  /** Why the last stream ended; undefined while none has. */
  readonly lastError: string | undefined;
}

/** The part of a sentence that says why nothing comes; undefined while something may come. */
export const describeOutage = (status: ConnectionStatus): string | undefined =>
  status.state === "connected" || status.state === "closed"
    ? undefined
    : `control plane ${status.address} ${status.state === "unreachable" ? "unreachable" : "has not answered"} since ${status.since.toISOString()}${status.lastError === undefined ? "" : `, last error: ${status.lastError}`}`;
