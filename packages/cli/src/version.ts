import manifest from "../package.json" with { type: "json" };

/** The version of this package, which all packages of kitex-ts share. */
export const version: string = manifest.version;
