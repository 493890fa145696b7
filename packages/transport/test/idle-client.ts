// Run by process.test.ts: makes one call and closes nothing. An idle connection must not keep a process alive, a call in flight must.
import { callEcho, transport } from "./harness.ts";

const [address = ""] = process.argv.slice(2);
const reply = await callEcho(transport(), address, "from afar");
process.stdout.write(reply.msg);
