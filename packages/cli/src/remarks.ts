import type { GenReport } from "@kitex-ts/codegen";
import { formatDiagnostics } from "@kitex-ts/thrift/idl";
import type { CliStreams } from "./streams.ts";

/** Says what the IDL front end and the generator remarked, except what is only a note. */
export const remark = (report: Pick<GenReport, "diagnostics" | "warnings">, { err }: CliStreams): void => {
  const warnings = report.diagnostics.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) err(`${formatDiagnostics(warnings)}\n\n`);
  for (const { file, line, column, message } of report.warnings) err(`warning ${file}:${line}:${column} ${message}\n`);
};
