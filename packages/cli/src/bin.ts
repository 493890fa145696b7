#!/usr/bin/env node
import { checkoutOf } from "./checkout.ts";
import { runCli } from "./index.ts";

// Whoever reads what we write may stop early: `kitex-ts --help | head -1`.
process.stdout.on("error", () => process.exit());

process.exitCode = await runCli(process.argv.slice(2), { checkout: checkoutOf(import.meta.dirname) });
