/**
 * How messages are put on a connection. Kitex: `transport.Protocol`; unlike there, choosing one sets it and never adds to another.
 *
 * - `TTHeader`: header with metainfo, timeouts, business errors; the default.
 * - `TTHeaderFramed`: the same around a length-prefixed payload, what Go Kitex calls TTHeader.
 * - `Framed`: a length and the payload. `PurePayload` ("Buffered"): the payload alone.
 */
export const TransportProtocol = {
  PurePayload: "PurePayload",
  Framed: "Framed",
  TTHeader: "TTHeader",
  TTHeaderFramed: "TTHeaderFramed",
} as const;
export type TransportProtocol = (typeof TransportProtocol)[keyof typeof TransportProtocol];
