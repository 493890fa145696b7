import { join } from "node:path";
import ts from "typescript";

const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler has to say about the files below a folder. What they import is read once for all runs, and not judged. */
export const compile = (folder: string, files: readonly string[], settings: ts.CompilerOptions): readonly string[] => {
  const options: ts.CompilerOptions = { ...settings, noEmit: true, customConditions: ["@kitex-ts/source"] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...rest) => {
    if (path.startsWith(folder)) return getSourceFile(path, ...rest);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, ...rest));
    return parsed.get(path);
  };
  const program = ts.createProgram(files, options, host);
  const own = files.map((path) => program.getSourceFile(path));
  return [
    ...program.getOptionsDiagnostics(),
    ...own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
      ...(options.declaration === true ? program.getDeclarationDiagnostics(file) : []),
    ]),
  ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
};

/** The settings of this repository. */
export const repositorySettings = (): ts.CompilerOptions => {
  const path = join(import.meta.dirname, "..", "..", "..", "tsconfig.base.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as {
    readonly config: { readonly compilerOptions: object };
  };
  return ts.convertCompilerOptionsFromJson(config.compilerOptions, import.meta.dirname).options;
};
