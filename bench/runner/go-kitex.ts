import { join } from "node:path";
import { bin, build } from "../../interop/build.ts";

type GoProgram =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

let built: Promise<GoProgram> | undefined;

/** The Go peer, built as the interop suites build theirs; without Go, the reason. */
export const goKitex = (): Promise<GoProgram> => {
  built ??= build("bench").then(
    () => ({ path: join(bin, "kitex-bench") }),
    (error: unknown) => ({ reason: error instanceof Error ? error.message : String(error) }),
  );
  return built;
};
