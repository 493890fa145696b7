export * from "@kitex-ts/server";
