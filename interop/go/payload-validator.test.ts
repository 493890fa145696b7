import { client, closeClient, createClient, server } from "kitex-ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Interop } from "../kitex_gen/interop/interop.ts";
import { goDial, ourOptions } from "../support/dial-options.ts";
import { type GoClients, startGoClients, startGoServer } from "../support/go-peer.ts";
import { startOurServer } from "../support/our-server.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

const describePayload = (payload: Uint8Array): string =>
  `${payload.length}/${payload.reduce((sum, byte) => sum + byte, 0)}`;

/** `validator.Sum` of the Go programs, which also notes what it was asked about. */
class Sum implements client.PayloadValidator {
  readonly key = "sum";
  readonly validated: string[] = [];

  generate(payload: Uint8Array): string {
    return describePayload(payload);
  }

  validate(value: string, payload: Uint8Array): boolean {
    this.validated.push(value);
    return value === describePayload(payload);
  }
}

class WrongSum extends Sum {
  override generate(): string {
    return "1/1";
  }
}

describe.each(["TTHeader", "TTHeaderFramed"] as const)("a custom payload validator, %s", (transport) => {
  const way = { transport, connections: "long" } as const;

  it("of our client and a Go server", async () => {
    const go = await startGoServer({ validator: true });
    const dial = (...options: client.ClientOption[]) =>
      createClient(Interop, "interop", client.withHostPorts(go.address), ...ourOptions(way), ...options);
    const sum = new Sum();
    const [right, wrong, silent] = [
      dial(client.withPayloadChecksum(sum)),
      dial(client.withPayloadChecksum(new WrongSum())),
      dial(),
    ];
    expect(await right.ping("an apple")).toBe("an apple");
    expect(sum.validated).toEqual([expect.stringMatching(/^\d+\/\d+$/)]);
    // Kitex closes without a word.
    await expect(wrong.ping("an apple")).rejects.toMatchObject({ code: "connection_closed" });
    await expect(silent.ping("an apple")).rejects.toMatchObject({ code: "connection_closed" });
    await Promise.all([right, wrong, silent].map((each) => closeClient(each)));
    expect(await go.stop()).toBe("ended with status 0");
  });

  it("of a Go client and our server", async () => {
    const dial = async (validator: boolean, ...validators: readonly server.PayloadValidator[]) => {
      const options = validators.length > 0 ? [server.withPayloadChecksum(...validators)] : [];
      const ours = await startOurServer({ options });
      const go = await goClients.dial({ ...goDial(ours.address, way), validator });
      const answer = await go.call("Ping", { text: "an apple" });
      await go.close();
      await ours[Symbol.asyncDispose]();
      return answer;
    };
    const sum = new Sum();
    expect(await dial(true, sum)).toMatchObject({ ok: "an apple" });
    expect(sum.validated).toEqual([expect.stringMatching(/^\d+\/\d+$/)]);
    const failure = (text: string) => ({ error: { class: text } });
    expect(await dial(false, new Sum())).toMatchObject(failure("remote or network error"));
    expect(await dial(true, new WrongSum())).toMatchObject(failure("payload validation error"));
    expect(await dial(true)).toMatchObject(failure("payload validation error"));
  });
});
