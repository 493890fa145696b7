import { type Direction, failureClasses } from "./pair.ts";
import { hasHeader, type Way } from "./ways.ts";

/**
 * As what calls may fail when one of two servers stops under load; nothing: none may fail.
 *
 * Framed and Buffered give no warning, so a request can meet a connection that the server is just closing, or one that the kernel has taken, and
 * the server not yet, when it stops listening. Two Kitex peers lose calls as the same classes, with every transport.
 */
export const stopLosses = (direction: Direction, way: Way): readonly string[] => {
  const { lost } = failureClasses(direction);
  switch (direction) {
    case "our client, our server":
      return hasHeader(way) ? [] : [lost];
    case "our client, Go server":
      return [lost];
    case "Go client, our server":
      return ["get connection error", lost];
  }
};

/** The same for a client that closes with calls in flight. Kitex closes a multiplexed connection over them. */
export const closeLosses = (direction: Direction, way: Way): readonly string[] =>
  direction === "Go client, our server" && way.connections === "mux" ? [failureClasses(direction).lost] : [];
