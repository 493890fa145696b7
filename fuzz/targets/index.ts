import type { Target, TargetEntry } from "../lib/target.ts";

const entry = (name: string, title: string, share: number, load: () => Promise<Target>): TargetEntry => ({
  name,
  title,
  share,
  load,
});

const protocols = () => import("../corpus/protocol.ts");

/** Every decoder, and the ports. A target is added by one line. */
export const targets: readonly TargetEntry[] = [
  entry("idl", "IDL reader", 6, async () => (await import("./idl.ts")).idlTarget()),
  entry("thrift-struct", "Thrift Binary, three back ends beside each other", 10, async () =>
    (await import("./thrift-struct.ts")).thriftStructTarget((await protocols()).binary),
  ),
  entry("compact-struct", "Thrift Compact, three back ends beside each other", 10, async () =>
    (await import("./thrift-struct.ts")).thriftStructTarget((await protocols()).compactProtocol),
  ),
  entry("thrift-message", "Thrift Binary: head, arguments, results, exceptions", 12, async () =>
    (await import("./thrift-message.ts")).thriftMessageTarget((await protocols()).binary),
  ),
  entry("compact-message", "Thrift Compact: head, arguments, results, exceptions", 8, async () =>
    (await import("./thrift-message.ts")).thriftMessageTarget((await protocols()).compactProtocol),
  ),
  entry("thrift-scan", "end of a Binary message, resumed at any byte", 14, async () =>
    (await import("./thrift-scan.ts")).thriftScanTarget((await protocols()).binary),
  ),
  entry("compact-scan", "end of a Compact message, resumed at any byte", 10, async () =>
    (await import("./thrift-scan.ts")).thriftScanTarget((await protocols()).compactProtocol),
  ),
  entry("ttheader", "TTHeader of requests, remembered and read anew", 10, async () =>
    (await import("./ttheader.ts")).ttheaderTarget(),
  ),
  entry("biz-extra", "TTHeader of replies with business errors", 6, async () =>
    (await import("./biz-extra.ts")).bizExtraTarget(),
  ),
  entry("splitter", "messages out of chunks of any size", 10, async () =>
    (await import("./splitter.ts")).splitterTarget(),
  ),
  entry("xds", "xDS resources", 6, async () => (await import("./xds.ts")).xdsTarget()),
  entry("server-port", "a server whose other callers must notice nothing", 8, async () =>
    (await import("./server-port.ts")).serverPortTarget(),
  ),
  entry("client-port", "a client whose servers answer anything", 2, async () =>
    (await import("./client-port.ts")).clientPortTarget(),
  ),
];
