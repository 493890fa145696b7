import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

const folders = [
  ...readdirSync(new URL("packages", import.meta.url)).map((name) => `packages/${name}`),
  "fuzz",
  "proxyless-test",
  "tools",
].filter((folder) => existsSync(new URL(folder, import.meta.url)));

export default defineConfig({
  // `resolve.conditions` replaces the defaults, so they are repeated.
  ssr: { resolve: { conditions: ["@kitex-ts/source", "module", "node", "development|production"] } },
  test: {
    projects: folders.map((folder) => ({
      extends: true as const,
      test: {
        name: folder.slice(folder.lastIndexOf("/") + 1),
        root: folder,
        // A bound against hanging, not a measure: property tests take ten times as long on a machine that does other things besides.
        testTimeout: 60_000,
        hookTimeout: 60_000,
        include: folder.startsWith("packages/") ? ["src/**/*.test.ts", "test/**/*.test.ts"] : ["**/*.test.ts"],
      },
    })),
    reporters: ["default", "./tools/last-line.ts"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/generated/**"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
