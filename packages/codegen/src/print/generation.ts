import type { ResolvedFile } from "@kitex-ts/thrift/idl";
import { Shapes } from "../model/shapes.ts";
import { type ModuleExports, moduleExports } from "../names/module-exports.ts";
import { outputPath } from "../names/output-path.ts";
import type { ResolvedOptions } from "../options.ts";

/** Something that was generated differently from what its author may expect. */
export interface CodegenWarning {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What all modules of one run share. */
export class Generation {
  readonly options: ResolvedOptions;
  readonly shapes: Shapes;
  readonly warnings: CodegenWarning[] = [];
  readonly #exports = new Map<ResolvedFile, ModuleExports>();

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.shapes = new Shapes(options.int64);
  }

  exportsOf(file: ResolvedFile): ModuleExports {
    const known = this.#exports.get(file) ?? moduleExports(file, this.shapes);
    this.#exports.set(file, known);
    return known;
  }

  pathOf(file: ResolvedFile): string {
    return outputPath(file);
  }
}
