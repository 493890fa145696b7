import type { MethodInfo, Middleware, ServiceInfo } from "@kitex-ts/core";
import type { FieldType } from "../field-type.ts";
import { isThriftMethod } from "../service-info.ts";
import { validate } from "./validate.ts";

type Validate = (value: unknown) => void;

/** What is validated of one method's calls. */
interface MethodChecks {
  readonly request: Validate;
  readonly response: Validate;
}

/**
 * Validates every request and every response of `service` against the `vt.*` annotations of its IDL: on a client before a request is sent and when
 * its response has come, on a server before the handler is called and before its response is sent. Opt in on either side, or both. Kitex: the validator
 * middleware of its documentation.
 *
 * @example
 * createServer(server.withMiddleware(validationMiddleware(UserService))).registerService(UserService, handler);
 *
 * @throws ValidationError from the call; a server answers with an application exception that holds its message
 */
export const validationMiddleware = (service: ServiceInfo): Middleware => {
  const methods = new Map<string, MethodChecks>();
  for (const method of service.methods) methods.set(method.name, checksOf(method));
  return (next) => async (request, ctx) => {
    const { serviceName, methodName } = ctx.rpcInfo.invocation;
    const checks = serviceName === service.serviceName ? methods.get(methodName) : undefined;
    if (checks === undefined) return next(request, ctx);
    checks.request(request);
    const response = await next(request, ctx);
    checks.response(response);
    return response;
  };
};

const checksOf = (method: MethodInfo): MethodChecks => {
  if (!isThriftMethod(method)) throw new TypeError(`${method.name} is no Thrift method`);
  const { args, result } = method.definition;
  const checks = args.map(([, name, type]) => ({ name, check: checkOf(type) }));
  const [only] = checks;
  return {
    // A single argument comes as it is, several as an object.
    request: (request) => {
      if (checks.length === 1) only?.check(request);
      else for (const { name, check } of checks) check((request as Readonly<Record<string, unknown>>)[name]);
    },
    response: result === "void" ? nothing : checkOf(result),
  };
};

const nothing: Validate = () => {};

/** Only structs have rules; one that is not there has nothing to break. */
const checkOf = (type: FieldType): Validate => {
  if (typeof type !== "function") return nothing;
  return (value) => {
    if (value !== undefined && value !== null) validate(type(), value);
  };
};
