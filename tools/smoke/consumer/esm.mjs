import * as mesh from "@kitex-ts/mesh";
import * as xds from "@kitex-ts/xds";
import * as kitex from "kitex-ts";
import * as codegen from "kitex-ts/codegenv1";
import greet from "./greet.cjs";

await greet.check({ kitex, codegen, xds, mesh });
