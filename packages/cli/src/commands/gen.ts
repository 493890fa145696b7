import {
  type CheckReport,
  type CodecTiming,
  check,
  type GenOptions,
  gen,
  type ImportExtension,
  type Int64Mode,
} from "@kitex-ts/codegen";
import { Command, Option } from "commander";
import { Failure } from "../failure.ts";
import { remark } from "../remarks.ts";
import { repeated } from "../repeated.ts";
import type { CliStreams } from "../streams.ts";

interface GenFlags {
  readonly out: string;
  readonly include?: readonly string[];
  readonly int64: Int64Mode;
  readonly importExt: ImportExtension;
  readonly runtime: string;
  readonly codec: CodecTiming;
  readonly keepUnknownFields?: true;
  readonly check?: true;
  readonly prune?: true;
}

const defaultRuntime = "kitex-ts/codegenv1";

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

const runGen = async (idls: readonly string[], flags: GenFlags, streams: CliStreams): Promise<void> => {
  const { out, include = [], int64, importExt, runtime, codec, keepUnknownFields } = flags;
  const options: GenOptions = {
    out,
    includeDirs: include,
    int64,
    importExtension: importExt,
    runtime,
    codec,
    keepUnknownFields,
  };
  if (flags.check === true) {
    const report = await check(idls, options);
    remark(report, streams);
    tellCheck(report, idls, flags, streams);
    return;
  }
  const report = await gen(idls, { ...options, prune: flags.prune });
  remark(report, streams);
  for (const path of report.written) streams.out(`wrote ${out}/${path}\n`);
  for (const path of report.removed) streams.out(`removed ${out}/${path}\n`);
  if (report.written.length === 0) streams.out(`${plural(report.unchanged.length, "file")} up to date in ${out}\n`);
  for (const path of report.surplus) {
    streams.err(`${out}/${path} is generated, but not from these IDLs; --prune removes it\n`);
  }
};

const tellCheck = (report: CheckReport, idls: readonly string[], flags: GenFlags, streams: CliStreams): void => {
  const { out } = flags;
  for (const state of ["stale", "missing", "surplus"] as const) {
    for (const path of report[state]) streams.err(`${state.padEnd(7)} ${out}/${path}\n`);
  }
  if (!report.isFresh) {
    const prune = report.surplus.length > 0 ? ["--prune"] : [];
    const command = ["kitex-ts gen", ...idls, ...spelledOut(flags), ...prune].join(" ");
    throw new Failure(`${out} is not what the IDL gives; run: ${command}`);
  }
  streams.out(`${plural(report.current.length, "file")} up to date in ${out}\n`);
};

/** The flags of a run, those left out that say nothing. */
const spelledOut = ({
  out,
  include = [],
  int64,
  importExt,
  runtime,
  codec,
  keepUnknownFields,
}: GenFlags): readonly string[] => [
  ...include.flatMap((folder) => ["-I", folder]),
  "--out",
  out,
  ...(int64 === "bigint" ? [] : ["--int64", int64]),
  ...(importExt === "ts" ? [] : ["--import-ext", importExt]),
  ...(runtime === defaultRuntime ? [] : ["--runtime", runtime]),
  ...(codec === "load" ? [] : ["--codec", codec]),
  ...(keepUnknownFields === true ? ["--keep-unknown-fields"] : []),
];

/** `kitex-ts gen …` */
export const genCommand = (streams: CliStreams): Command =>
  new Command("gen")
    .description("Generate TypeScript from Thrift IDL: types, descriptors, services")
    .argument("<idl...>", "Thrift files; what they include is generated too")
    .option("-o, --out <folder>", "output folder", "kitex_gen")
    .option("-I, --include <folder>", "look for included files there too; may be repeated", repeated)
    .addOption(
      new Option("--int64 <type>", "what an i64 is in TypeScript")
        .choices(["bigint", "number", "string"])
        .default("bigint"),
    )
    .addOption(
      new Option("--import-ext <extension>", "extension of relative imports")
        .choices(["ts", "js", "none"])
        .default("ts"),
    )
    .option("--runtime <module>", "module that generated code imports", defaultRuntime)
    .addOption(
      new Option("--codec <when>", "make codecs at load, or ahead of time into .codec.ts files")
        .choices(["load", "aot"])
        .default("load"),
    )
    .option("--keep-unknown-fields", "keep fields that the IDL does not know, and send them on")
    .option("--check", "write nothing; exit with 1 when generated code is stale, missing or surplus")
    .option("--prune", "remove generated files that these IDLs no longer give")
    .addHelpText(
      "after",
      `
One module per IDL, in folders named after its namespace (ts, else js, else go, else *):
  namespace go shop.cart  in  cart.thrift   gives   kitex_gen/shop/cart/cart.ts
The output is the same everywhere and every time, so it can be committed; files that are up to date are not touched.

Examples:
  kitex-ts gen idl/cart.thrift
  kitex-ts gen idl/cart.thrift idl/user.thrift -I third_party/idl --out src/kitex_gen
  kitex-ts gen idl/cart.thrift --check          in CI`,
    )
    .action((idls: string[], flags: GenFlags) => runGen(idls, flags, streams));
