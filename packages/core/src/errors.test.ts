import { describe, expect, it, vi } from "vitest";
import {
  ApplicationException,
  BizStatusError,
  isTimeoutError,
  ProtocolException,
  RPCError,
  TransportError,
  toRPCError,
} from "./errors.ts";

describe("errors", () => {
  it("have their text without the words of their kind as well", () => {
    expect(new RPCError("acl", "not you").detail).toBe("not you");
    expect(new TransportError("connect_failed", "dial: no", { kind: "get_connection" }).detail).toBe("dial: no");
    expect(new ApplicationException(6, "biz error: boom").detail).toBe("biz error: boom");
    expect(new RPCError("panic", "").detail).toBe("");
  });

  it("start with Kitex' words, branch on kind and keep their cause", () => {
    const cause = new Error("inner");
    const error = new RPCError("get_connection", "dial 127.0.0.1:1", { cause, address: "127.0.0.1:1" });
    expect(error.message).toBe("get connection error: dial 127.0.0.1:1");
    expect(error.cause).toBe(cause);
    expect(error).toMatchObject({ kind: "get_connection", address: "127.0.0.1:1", name: "RPCError" });
  });

  it("are made of whatever was thrown, also of what has no text", () => {
    expect(toRPCError(new Error("inner"), "route").detail).toBe("inner");
    expect(toRPCError("just a text", "route").detail).toBe("just a text");
    const nothing: unknown = Object.create(null);
    expect(toRPCError(nothing, "route")).toMatchObject({ detail: "what was thrown cannot be printed", cause: nothing });
  });

  it("are recognised by instanceof, the base class also across copies of the package", () => {
    const biz = new BizStatusError(404, "not found", { k: "v" });
    expect(biz).toBeInstanceOf(RPCError);
    expect(biz).toBeInstanceOf(BizStatusError);
    expect(biz).not.toBeInstanceOf(TransportError);
    expect(new RPCError("biz", "")).not.toBeInstanceOf(BizStatusError);
    const foreign = Object.create({ [Symbol.for("kitex-ts.RPCError")]: true }) as unknown;
    expect(foreign).toBeInstanceOf(RPCError);
    expect(foreign).not.toBeInstanceOf(BizStatusError);
    expect({}).not.toBeInstanceOf(RPCError);
  });

  it("are recognised when another copy of the package made them, each as what it is", async () => {
    vi.resetModules();
    const other = await import("./errors.ts");
    expect(other.RPCError).not.toBe(RPCError);
    const biz = new other.BizStatusError(404, "not found");
    expect(biz).toBeInstanceOf(BizStatusError);
    expect(biz).toBeInstanceOf(RPCError);
    expect(biz).not.toBeInstanceOf(ApplicationException);
    expect(new other.ApplicationException(101, "x")).toBeInstanceOf(ApplicationException);
    expect(new other.TransportError("connection_closed", "x")).toBeInstanceOf(TransportError);
    expect(new other.ProtocolException("invalid_data", "x")).toBeInstanceOf(ProtocolException);
    expect(new other.RPCError("biz", "x")).not.toBeInstanceOf(BizStatusError);

    class NotFound extends BizStatusError {}
    expect(new NotFound(404, "not found")).toBeInstanceOf(NotFound);
    expect(new NotFound(404, "not found")).toBeInstanceOf(other.BizStatusError);
    expect(biz).not.toBeInstanceOf(NotFound);
  });

  it("refuse business codes that Kitex would lose", () => {
    for (const code of [0, 1.5, 2 ** 31, Number.NaN]) expect(() => new BizStatusError(code, "")).toThrow(RangeError);
    expect(() => new BizStatusError(1, "", { user: 5 } as never)).toThrow("extra.user must be a string");
  });

  it("show remote text as Kitex does", () => {
    const error = new ApplicationException(20, "unknown service X, method y");
    expect(error.message).toBe("remote or network error[remote]: unknown service X, method y");
    expect(error).toMatchObject({
      typeId: 20,
      remoteMessage: "unknown service X, method y",
      kind: "remote_or_network",
    });
  });

  it("tell timeouts of any source", () => {
    expect(isTimeoutError(new RPCError("timeout_by_business", ""))).toBe(true);
    expect(isTimeoutError(new ProtocolException("invalid_data", "x"))).toBe(false);
  });

  it("wrap what is foreign and pass on what is not", () => {
    const own = new RPCError("acl", "");
    expect(toRPCError(own, "panic")).toBe(own);
    expect(toRPCError("text", "panic").message).toBe("panic: text");
  });
});
