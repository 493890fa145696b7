import { BizStatusError, createContextKey, type Middleware, metainfo } from "kitex-ts";

/** For whom a call is, as handlers read it: `ctx.value(tenantKey)`. */
export const tenantKey = createContextKey("", "tenant");

/** Takes the tenant from what travels with the call. It needs no result, so it is not async. */
export const requireTenant: Middleware = (next) => (request, ctx) => {
  const tenant = metainfo.getPersistentValue(ctx, "tenant");
  if (tenant === undefined) return Promise.reject(new BizStatusError(400, "say which tenant the call is for"));
  return next(request, ctx.withValue(tenantKey, tenant));
};
