import { printDoc } from "../../doc/print-doc.ts";
import { callDoc, objectDoc } from "../../doc/syntax.ts";
import { modeOf } from "../../model/int64.ts";
import { freeName, isDeclarable } from "../../names/reserved.ts";
import { commentDoc } from "../../print/comment.ts";
import { keyLiteral, textLiteral } from "../../print/literal.ts";
import type { Outline, OutlineMethod } from "../outline.ts";
import { sampleDoc } from "../sample.ts";

/** How the file begins that gathers the handlers: by it it is known, and may be written again. */
export const handlersMark = "// Written by kitex-ts create";

export const handlersTemplate = ({ serviceName, module, methods, idl }: Outline): string => {
  const imports = methods.map(({ variable, file }) => `import { ${variable} } from ${textLiteral(`./${file}.ts`)};`);
  const entries = methods.map(({ property, variable }) =>
    property === variable ? property : `${keyLiteral(property)}: ${variable}`,
  );
  return [
    `${handlersMark} from ${idl}, and again by every \`npm run generate\`. Do not edit.`,
    `import type { ${serviceName} } from ${textLiteral(`../${module}`)};`,
    ...imports.sort(),
    "",
    printDoc([`export const handlers: ${serviceName} = `, objectDoc(entries), ";"]),
    "",
  ].join("\n");
};

/** A handler to fill in. */
export const handlerTemplate = (
  outline: Outline,
  { method, property, variable, file }: OutlineMethod,
  body?: string,
): string => {
  const { serviceName, module } = outline;
  const type = `${serviceName}[${textLiteral(property)}]`;
  const comment = printDoc(commentDoc(method));
  const head = `import type { ${serviceName} } from ${textLiteral(`../${module}`)};\n`;
  if (body !== undefined) {
    return `${head}\n${comment}export const ${variable}: ${type} = async (request) => ${body};\n`;
  }
  const parameters = method.arguments.map(({ name }) => `_${name}`);
  const context = freeName("_ctx", (name) => !parameters.includes(name));
  const list = [...parameters, context].join(", ");
  const message = `${method.name} has no implementation yet: write it in handlers/${file}.ts`;
  return `import { BizStatusError } from "kitex-ts";
${head}
${comment}export const ${variable}: ${type} = async (${list}) => {
  throw new BizStatusError(501, ${textLiteral(message)});
};
`;
};

export const serverTemplate = ({
  serviceName,
  module,
}: Outline): string => `import { createServer, server } from "kitex-ts";
import { handlers } from "./handlers/index.ts";
import { ${serviceName} } from ${textLiteral(`./${module}`)};

const svr = createServer(server.withServiceAddr(process.env["SERVICE_ADDR"] ?? "0.0.0.0:8888"));
svr.registerService(${serviceName}, handlers);

console.log(\`serving ${serviceName} on \${await svr.start()}; Ctrl-C stops it\`);
// Running calls end first.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void svr.stop());
`;

/** A call of the first method, to begin with. */
export const clientTemplate = ({ serviceName, module, methods }: Outline, sample?: string): string => {
  const [first] = methods;
  const used = new Set(["client", "closeClient", "createClient", "destination", "reply", serviceName]);
  const lower = serviceName.charAt(0).toLowerCase() + serviceName.slice(1);
  const variable = freeName(lower, (name) => isDeclarable(name) && !used.has(name));
  const lines: string[] = [];
  if (first !== undefined) {
    const { method, property } = first;
    const args =
      sample !== undefined
        ? [sample]
        : method.arguments.map((argument) => sampleDoc(argument.type, argument.name, modeOf(argument)));
    const call = callDoc(`await ${variable}.${property}`, args);
    const hasReply = method.returnType.kind !== "void";
    lines.push(...printDoc([hasReply ? "const reply = " : "", call, ";"], 118).split("\n"));
    lines.push(hasReply ? "console.dir(reply, { depth: null });" : `console.log(${textLiteral(`${property}: done`)});`);
  }
  return `import { client, closeClient, createClient } from "kitex-ts";
import { ${serviceName} } from ${textLiteral(`./${module}`)};

const destination = process.env["DESTINATION"] ?? "127.0.0.1:8888";
const ${variable} = createClient(${serviceName}, destination, client.withRPCTimeout(1000));
try {
${lines.map((line) => `  ${line}`).join("\n")}
} finally {
  await closeClient(${variable});
}
`;
};

/** The list of include folders as options of the command. */
export const includeFlags = ({ includeDirs }: Outline): string => includeDirs.map((folder) => ` -I ${folder}`).join("");

export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
