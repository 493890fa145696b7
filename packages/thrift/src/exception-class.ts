import { StructCodec } from "./codec.ts";
import { createFields } from "./create.ts";
import { fieldDescriptors, type StructDescriptor } from "./descriptor.ts";
import type { FieldTuple } from "./field-type.ts";
import { planStruct } from "./plan/struct-plan.ts";
import { copyUnknown } from "./runtime/unknown-fields.ts";
import type { DescriptorOptions } from "./struct-descriptor.ts";
import { ThriftException } from "./thrift-exception.ts";

/** A class for an exception of the IDL, and its descriptor in one. `Init`: the fields of the IDL, without what every error has. */
export interface ExceptionClass<T extends ThriftException, Init> extends StructDescriptor<T, Init> {
  new (init: Init, options?: ErrorOptions): T;
  readonly prototype: T;
}

/**
 * Makes the class of an exception that the IDL declares. Throw it in a handler whose method declares it, and the caller gets the same class.
 *
 * @example
 * export interface NotFound extends ThriftException { message: string; code: number }
 * export interface NotFoundInit { message?: string; code?: number }
 * export const NotFound: ExceptionClass<NotFound, NotFoundInit> = exceptionClass("NotFound", [[1, "message", "string"], [2, "code", "i32"]]);
 * throw new NotFound({ message: "no such user", code: 404 });
 */
export const exceptionClass = <T extends ThriftException, Init>(
  name: string,
  tuples: readonly FieldTuple[],
  options: DescriptorOptions = {},
): ExceptionClass<T, Init> => {
  const fields = fieldDescriptors(tuples, "exception");
  const hasMessage = fields.some((field) => field.property === "message");

  class Declared extends ThriftException {
    constructor(init: unknown, errorOptions?: ErrorOptions) {
      const values = createFields(name, fields, init);
      super(hasMessage ? (values["message"] as string) : undefined, errorOptions);
      for (const { property } of fields) {
        // `message` is set already, and hidden from enumeration as on every Error.
        if (property !== "message") (this as unknown as Record<string, unknown>)[property] = values[property];
      }
      copyUnknown(init as object, this);
    }
  }
  Object.defineProperty(Declared.prototype, "name", { value: name, writable: true, configurable: true });

  const codec = new StructCodec(
    () =>
      planStruct({
        name,
        shape: "object",
        fields: fields.map((field) => ({ field, role: "member" })),
        construct: (values) => new Declared(values),
        keepsUnknown: options.keepUnknownFields,
      }),
    options.codec,
  );
  const descriptor: Omit<StructDescriptor<unknown, unknown>, "encode" | "decode"> & Record<string, unknown> = {
    kind: "exception",
    name,
    fields,
    annotations: options.annotations ?? {},
    rules: options.rules ?? [],
    codec,
    create: (init: unknown) => new Declared(init),
  };
  return Object.defineProperties(Declared, {
    ...Object.getOwnPropertyDescriptors(descriptor),
    encode: { value: codec.write.bind(codec) },
    decode: { value: codec.read.bind(codec) },
  }) as unknown as ExceptionClass<T, Init>;
};
