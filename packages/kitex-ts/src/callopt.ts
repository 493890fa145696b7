export * from "@kitex-ts/client/callopt";
