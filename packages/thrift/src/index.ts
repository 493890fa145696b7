// What generated code stands on

export type { CodecFactory } from "./backend.ts";
export { fromBinary, toBinary } from "./binary.ts";
export { fromCompact, toCompact } from "./compact.ts";
export type { FieldDescriptor, Requiredness, StructDescriptor } from "./descriptor.ts";
export { enumName, type OpenEnum } from "./enum.ts";
export { type ExceptionClass, exceptionClass } from "./exception-class.ts";
export type { Annotations, DefaultValue, FieldTuple, FieldType, ScalarType } from "./field-type.ts";
export { InvalidValueError } from "./invalid-value-error.ts";
export type { MethodCodecs } from "./message/method-codec.ts";
export { thriftCodec } from "./message/thrift-codec.ts";
export { thriftCompactCodec } from "./message/thrift-compact-codec.ts";
export { unknownFields } from "./runtime/unknown-fields.ts";
export {
  compact,
  type MethodDefinition,
  type ServiceDefinition,
  serviceInfo,
  type ThriftMethodInfo,
} from "./service-info.ts";
export { type DescriptorOptions, structDescriptor, unionDescriptor } from "./struct-descriptor.ts";
export { ThriftException } from "./thrift-exception.ts";
export { TType } from "./ttype.ts";

// The `vt.*` annotations

export { validationMiddleware } from "./validate/middleware.ts";
export type {
  ComparingRule,
  FieldReference,
  FunctionCall,
  RuleFunction,
  RuleOperand,
  ValidationRule,
} from "./validate/rule.ts";
export { validate, violationsOf } from "./validate/validate.ts";
export { ValidationError, type Violation } from "./validate/validation-error.ts";
