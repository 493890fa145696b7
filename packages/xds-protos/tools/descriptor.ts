/** The descriptor this package commits: protobufjs' JSON form, with field names as in proto3 JSON. */
export interface Descriptor {
  readonly nested: Record<string, DescriptorNode>;
}

export interface DescriptorNode {
  fields?: Record<string, DescriptorField>;
  oneofs?: Record<string, { oneof: string[] }>;
  values?: Record<string, number>;
  nested?: Record<string, DescriptorNode>;
}

export interface DescriptorField {
  type: string;
  id: number;
  rule?: "repeated";
  keyType?: string;
  options?: { proto3_optional: true };
}

export interface NamedNode {
  readonly fullName: string;
  readonly node: DescriptorNode;
}

/** Every message and enum, sorted by full name. */
export function typesOf(descriptor: Descriptor): readonly NamedNode[] {
  const found: NamedNode[] = [];
  const visit = (nested: Record<string, DescriptorNode>, scope: string): void => {
    for (const [name, node] of Object.entries(nested)) {
      const fullName = scope === "" ? name : `${scope}.${name}`;
      if (node.fields ?? node.values) found.push({ fullName, node });
      if (node.nested) visit(node.nested, fullName);
    }
  };
  visit(descriptor.nested, "");
  return found.sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
}
