// What generated code imports, and nothing else. Versioned: a change that yesterday's output would not survive becomes codegenv2, beside this one.
export type { CallOption, Context, ServiceInfo } from "@kitex-ts/core";
export {
  type CodecFactory,
  type ExceptionClass,
  exceptionClass,
  type MethodCodecs,
  type OpenEnum,
  type StructDescriptor,
  serviceInfo,
  structDescriptor,
  type ThriftException,
  unionDescriptor,
} from "@kitex-ts/thrift";
