/** Lines of docs/interop.md that are not tried with raw bytes, and why. */
export const untried: Readonly<Record<string, string>> = {
  "Meta handlers of TTHeader": "what the two programs of this suite install, not what they do",
  "Default transport of a client": "the programs of this suite always name a transport",
  "Timeout of the caller, over TTHeader": "seen by handlers alone: the wire is the same",
  "The timeout that a request carries": "a test of its own, client-differences.test.ts",
  "A request whose checksum is wrong, on a multiplexed connection": "checksum.test.ts",
  "Heartbeats (message type 6, sequence id 0)":
    "Kitex' refusal is tried as a message that is not a request; ours go to our own peers only",
  "Connections whose certificates were replaced": "Kitex has no TLS",
  "Instances that cannot be connected to": "no bytes pass",
  "Header conditions of xDS routes, without a `metaExtractor`": "no bytes differ",
  "Connect timeout": "no bytes pass",
};
