import type { Middleware } from "kitex-ts";

/** Counts calls by how they ended, into `counts`. */
export const countInto =
  (counts: Map<string, number>): Middleware =>
  (next) =>
  async (request, ctx) => {
    let outcome = "ok";
    try {
      return await next(request, ctx);
    } catch (error) {
      outcome = error instanceof Error ? error.name : "failed";
      throw error;
    } finally {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  };
