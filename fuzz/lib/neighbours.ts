import { type CallOption, client, closeClient, createClient, type TransportProtocol } from "kitex-ts";
import { Judge, type JudgeClient } from "../../interop/apache/kitex_gen/judge/judge.ts";

const transports: readonly TransportProtocol[] = ["PurePayload", "Framed", "TTHeader", "TTHeaderFramed"];

/** Callers of the same server, on connections of their own: whatever others send, their calls are answered, and rightly. */
export class Neighbours implements AsyncDisposable {
  readonly #clients: readonly (JudgeClient & AsyncDisposable)[];
  #calls = 0;

  constructor(address: string, ...options: readonly client.ClientOption[]) {
    this.#clients = transports.map((transport) =>
      createClient(
        Judge,
        address,
        client.withTransportProtocol(transport),
        client.withConnectTimeout(5000),
        client.withRPCTimeout(5000),
        ...options,
      ),
    );
  }

  /** One call by the next of them. @throws when the answer is not the one that belongs to it */
  async call(...options: readonly CallOption[]): Promise<void> {
    const number = this.#calls++;
    const caller = this.#clients[number % this.#clients.length] as JudgeClient;
    const text = `neighbour ${number}`;
    const answer = await caller.ping(text, ...options);
    if (answer !== text) throw new Error(`a neighbour asked for "${text}" and got "${answer}"`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((caller) => closeClient(caller)));
  }
}
