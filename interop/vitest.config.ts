import { defineConfig } from "vitest/config";
import { Table } from "./support/table.ts";

// Apart from the root's config: these suites need Go, the Thrift compiler or Python, and take minutes where that takes seconds.
export default defineConfig({
  // `resolve.conditions` replaces the defaults, so they are repeated.
  ssr: { resolve: { conditions: ["@kitex-ts/source", "module", "node", "development|production"] } },
  test: {
    root: import.meta.dirname,
    // The suites wait for other processes most of the time.
    maxWorkers: 2,
    projects: (["go", "istio", "apache"] as const).map((name) => ({
      extends: true as const,
      test: {
        name,
        include: [`${name}/**/*.test.ts`],
        globalSetup: `support/build-${name}.ts`,
        testTimeout: 60_000,
        hookTimeout: 120_000,
      },
    })),
    reporters: ["default", new Table(), "../tools/last-line.ts"],
  },
});
