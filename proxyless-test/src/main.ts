// One program, two roles, as in a real fleet where one image serves several deployments: MY_SERVICE_NAME says which.
import { runClient } from "./client.ts";
import { runServer } from "./server.ts";

const roles: Readonly<Record<string, () => Promise<void>>> = { "kitex-server": runServer, "kitex-client": runClient };

const name = process.env["MY_SERVICE_NAME"] ?? "";
const role = roles[name];
if (role === undefined) {
  process.stderr.write(`MY_SERVICE_NAME must be ${Object.keys(roles).join(" or ")}, got "${name}"\n`);
  process.exitCode = 2;
} else {
  try {
    await role();
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
