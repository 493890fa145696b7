export * from "@kitex-ts/client";
