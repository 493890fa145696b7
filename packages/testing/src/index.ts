export type { ReceivedRequest } from "./control-plane/received-request.ts";
export { type ScriptedControlPlane, startScriptedControlPlane } from "./control-plane/scripted-control-plane.ts";
export type { ScriptedStream } from "./control-plane/scripted-stream.ts";
export { ManualClock } from "./manual-clock.ts";
export { createMockClient, type MockCall, mockCalls } from "./mock-client.ts";
export { startTestServer, type TestServer } from "./test-server.ts";
