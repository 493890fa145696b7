// For the framework's own packages; not covered by semantic versioning.
export { type CodecModuleEntry, type CodecModuleOptions, emitCodecModule } from "./emit/module.ts";
export { propertyName } from "./property-name.ts";
