/** The encodings of Thrift there are. Kitex speaks Binary only; Compact is for Apache peers and smaller messages. */
export type WireProtocol = "binary" | "compact";
