import { join } from "node:path";
import { expect, it } from "vitest";
import { UserFolder } from "./support/user-folder.ts";

it("test/kitex_gen is what the generator prints", async () => {
  const idl = join(import.meta.dirname, "idl", "probe.thrift");
  const options = { out: join(import.meta.dirname, "kitex_gen"), runtime: "../../../src/codegenv1.ts" };
  await using folder = await UserFolder.create({
    "check.ts": `import { check } from "@kitex-ts/codegen";
const { stale, missing, surplus } = await check([${JSON.stringify(idl)}], ${JSON.stringify(options)});
console.log(JSON.stringify({ stale, missing, surplus }));
`,
  });
  const { output } = await folder.run("check.ts").ended;
  expect(JSON.parse(output)).toEqual({ stale: [], missing: [], surplus: [] });
}, 60_000);
