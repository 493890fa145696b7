import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";
import type { Position, Problem } from "../errors.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseDuration } from "./duration.ts";

/** What a {@link Field} needs to say where it is. */
export interface FieldOrigin {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
  readonly diagnostics: Diagnostics;
  /** Set once kind and name are known. */
  object?: string;
}

/** kubectl reads these as booleans (YAML 1.1) where we, with YAML 1.2, would see text. */
const YAML_1_1_BOOLEAN = /^(?:y|yes|n|no|on|off)$/i;

const describe = (node: Node | undefined): string => {
  if (node === undefined) return "nothing";
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  if (isScalar(node)) return `${typeof node.value === "string" ? "the text " : ""}${JSON.stringify(node.value)}`;
  return "something else";
};

const joinPath = (path: string, key: string): string => {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

/**
 * One value of a YAML document together with its path and position. Readers never throw: a value of the wrong type is
 * reported to the diagnostics and read as `undefined`, so that reading goes on and finds the next mistake too.
 */
export class Field {
  readonly origin: FieldOrigin;
  readonly path: string;
  readonly #node: Node | undefined;
  /** Where the value starts, and where its key (or the list it is in) does. */
  readonly #offset: number;
  readonly #keyOffset: number;

  constructor(origin: FieldOrigin, path: string, node: Node | null | undefined, keyOffset = 0) {
    this.origin = origin;
    this.path = path;
    const resolved = isAlias(node) ? node.resolve(origin.document) : node;
    this.#node = resolved ?? undefined;
    this.#keyOffset = keyOffset;
    this.#offset = node?.range?.[0] ?? keyOffset;
  }

  /** Kubernetes reads an explicit null like an absent field, and so do we. */
  get isNull(): boolean {
    return this.#node === undefined || (isScalar(this.#node) && this.#node.value === null);
  }

  error(message: string, hint?: string): void {
    this.#report("error", message, hint);
  }

  warn(message: string, hint?: string): void {
    this.#report("warning", message, hint);
  }

  /** Reports a field that nobody knows; `known` is what could have been meant. */
  refuse(name: string, known: readonly string[]): void {
    const meant = didYouMean(name, known);
    const hint = meant === undefined ? `known fields: ${known.join(", ")}` : `did you mean ${meant}?`;
    this.#report("error", `unknown field ${JSON.stringify(name)}`, hint, this.#keyOffset);
  }

  /** Reports a field that is valid but has no effect here. */
  ignore(): void {
    this.#report("warning", "ignored by the embedded control plane", undefined, this.#keyOffset);
  }

  string(): string | undefined {
    const node = this.#node;
    if (!isScalar(node) || typeof node.value !== "string") {
      const hint =
        isScalar(node) && node.value !== null ? `quote it: "${node.source ?? JSON.stringify(node.value)}"` : undefined;
      this.error(`expected text, found ${describe(node)}`, hint);
      return undefined;
    }
    if (node.type === "PLAIN" && YAML_1_1_BOOLEAN.test(node.value)) {
      this.error(`kubectl reads ${node.value} as a boolean, not as text`, `quote it: "${node.value}"`);
      return undefined;
    }
    return node.value;
  }

  nonEmptyString(): string | undefined {
    const value = this.string();
    if (value !== "") return value;
    this.error("must not be empty");
    return undefined;
  }

  /** A number or, where Kubernetes allows a name too, the text. */
  integerOrString(): number | string | undefined {
    return isScalar(this.#node) && typeof this.#node.value === "number"
      ? this.integer(0, 65_535)
      : this.nonEmptyString();
  }

  integer(min: number, max: number): number | undefined {
    const node = this.#node;
    if (isScalar(node) && typeof node.value === "number" && Number.isInteger(node.value)) {
      if (node.value >= min && node.value <= max) return node.value;
      this.error(`${node.value} is out of range`, `a whole number from ${min} to ${max}`);
    } else this.error(`expected a whole number, found ${describe(node)}`);
    return undefined;
  }

  boolean(): boolean | undefined {
    const node = this.#node;
    if (isScalar(node) && typeof node.value === "boolean") return node.value;
    this.error(`expected true or false, found ${describe(node)}`);
    return undefined;
  }

  /** Milliseconds. */
  duration(): number | undefined {
    const text = this.string();
    if (text === undefined) return undefined;
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined)
      this.error(`${JSON.stringify(text)} is not a duration`, "write for instance 0.5s, 300ms or 1m");
    return milliseconds;
  }

  /** One of the given words. */
  oneOf<const Word extends string>(words: readonly Word[]): Word | undefined {
    const text = this.string();
    if (text === undefined) return undefined;
    const found = words.find((word) => word === text);
    if (found === undefined) this.error(`${JSON.stringify(text)} is not known`, `one of ${words.join(", ")}`);
    return found;
  }

  /** The elements of a list; empty when this is none (reported). */
  items(): readonly Field[] {
    if (!isSeq(this.#node)) {
      this.error(`expected a list, found ${describe(this.#node)}`);
      return [];
    }
    return this.#node.items.map(
      (item, index) => new Field(this.origin, `${this.path}[${index}]`, item as Node, this.#offset),
    );
  }

  /** The entries of a mapping with free keys; empty when this is none (reported). */
  entries(): readonly (readonly [key: string, value: Field])[] {
    if (!isMap(this.#node)) {
      this.error(`expected a mapping, found ${describe(this.#node)}`);
      return [];
    }
    return (this.#node.items as Pair<Node, Node | null>[]).map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      return [name, new Field(this.origin, joinPath(this.path, name), value, key.range?.[0] ?? this.#offset)];
    });
  }

  /** A mapping from text to text, such as labels. */
  stringMap(): Readonly<Record<string, string>> {
    const result: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [key, field] of this.entries()) {
      const value = field.string();
      if (value !== undefined) result[key] = value;
    }
    return result;
  }

  /** A mapping with known fields. */
  mapping(): Mapping {
    return new Mapping(this);
  }

  /** Where this value is, for findings that are made later. */
  position(offset: number = this.#offset): Position {
    const { line, col } = this.origin.lines.linePos(offset);
    return {
      file: this.origin.file,
      // Values given from code have no lines.
      ...(line === 0 ? {} : { line, column: col }),
      ...(this.origin.object === undefined ? {} : { object: this.origin.object }),
      ...(this.path === "" ? {} : { path: this.path }),
    };
  }

  /** The same value as the root of an object of its own: an element of a `kind: List`. */
  asObject(): Field {
    return new Field({ ...this.origin }, this.path, this.#node, this.#keyOffset);
  }

  #report(severity: Problem["severity"], message: string, hint: string | undefined, offset = this.#offset): void {
    const problem = { ...this.position(offset), severity, message };
    this.origin.diagnostics.add(hint === undefined ? problem : { ...problem, hint });
  }
}

/** The fields of an object, read by name. */
export class Mapping {
  readonly field: Field;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(field: Field) {
    this.field = field;
    this.#fields = new Map(field.entries());
  }

  /** The field, unless it is absent or null. */
  get(name: string): Field | undefined {
    const field = this.#fields.get(name);
    return field?.isNull === true ? undefined : field;
  }

  /** The field; its absence is an error. */
  require(name: string, hint?: string): Field | undefined {
    const field = this.get(name);
    if (field === undefined) this.field.error(`field ${name} is missing`, hint);
    return field;
  }

  /** The elements of a list field; an absent list is an empty one. */
  items(name: string): readonly Field[] {
    return this.get(name)?.items() ?? [];
  }

  /**
   * Refuses every field that is in neither list and warns about those in `ignored`, which are valid but have no effect
   * here. Nothing is ever dropped in silence.
   */
  only(known: readonly string[], ignored: readonly string[] = []): this {
    for (const [name, field] of this.#fields) {
      if (known.includes(name)) continue;
      if (ignored.includes(name)) field.ignore();
      else field.refuse(name, [...known, ...ignored]);
    }
    return this;
  }
}
