import { Document, LineCounter, parseDocument } from "yaml";
import { MeshConfigError } from "./errors.ts";
import { type ProcessEndpoint, type RunningEndpoint, readRunningEndpoint } from "./model/running-endpoint.ts";
import { Diagnostics } from "./yaml/diagnostics.ts";
import { Field } from "./yaml/field.ts";
import { SourceReader } from "./yaml/read.ts";

const unreadable = (file: string, error: unknown): MeshConfigError => {
  const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new MeshConfigError([{ severity: "error", file, message }]);
};

/**
 * Checks endpoints given from code.
 *
 * @throws MeshConfigError
 */
export const readEndpoints = (endpoints: readonly RunningEndpoint[]): readonly ProcessEndpoint[] => {
  const file = "setEndpoints()";
  const diagnostics = new Diagnostics();
  let document: Document;
  try {
    document = new Document(endpoints);
  } catch (error) {
    throw unreadable(file, error);
  }
  const root = new Field({ file, lines: new LineCounter(), document, diagnostics }, "", document.contents);
  const result = root.items().flatMap(readRunningEndpoint);
  diagnostics.throwIfErrors();
  return result;
};

/** The endpoints of a file and what was looked at; `problems` when they cannot be used. */
export interface EndpointsFile {
  readonly endpoints: readonly ProcessEndpoint[];
  readonly inputs: ReadonlyMap<string, string>;
  readonly problems: MeshConfigError | undefined;
}

/** Reads a YAML or JSON file of the form `{ endpoints: [{ service: kitex-server, address: "127.0.0.1:18888" }] }`. */
export const readEndpointsFile = async (path: string): Promise<EndpointsFile> => {
  const reader = new SourceReader();
  const text = await reader.readText(path);
  const { diagnostics, inputs } = reader;
  let endpoints: readonly ProcessEndpoint[] = [];
  if (text !== undefined) {
    const lines = new LineCounter();
    try {
      const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
      const [error] = document.errors;
      if (error !== undefined) throw error;
      const root = new Field({ file: path, lines, document, diagnostics }, "", document.contents).mapping();
      endpoints = (root.only(["endpoints"]).require("endpoints")?.items() ?? []).flatMap(readRunningEndpoint);
    } catch (error) {
      return { endpoints: [], inputs, problems: unreadable(path, error) };
    }
  }
  const problems = diagnostics.errors.length > 0 ? new MeshConfigError(diagnostics.errors) : undefined;
  return { endpoints, inputs, problems };
};
