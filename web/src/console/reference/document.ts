// The part of OpenAPI 3.1 that our document uses.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
}

interface Content {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { description?: string; content: Record<string, Content> };
  responses: Record<string, { description: string; content?: Record<string, Content> }>;
}

export interface Document {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Placed {
  method: string;
  path: string;
  operation: Operation;
}

/** The operations, by tag in the document's order. */
export function grouped(document: Document): { tag: Document["tags"][number]; operations: Placed[] }[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return document.tags.map((tag) => ({
    tag,
    operations: all.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
}

/** A schema with its reference resolved and its parts merged. */
export function resolved(schema: Schema, document: Document): Schema {
  const { $ref, allOf, ...own } = schema;
  const named = $ref ? document.components.schemas[$ref.split("/").at(-1) ?? ""] : undefined;
  const parts = [named, ...(allOf ?? [])].filter((part) => part !== undefined);
  const merged: Schema = {};
  for (const part of [...parts.map((part) => resolved(part, document)), own]) {
    Object.assign(merged, part, {
      properties: { ...merged.properties, ...part.properties },
      required: [...(merged.required ?? []), ...(part.required ?? [])],
    });
  }
  return merged;
}

/** The type of a value in a few words: "array of string". */
export function typeOf(schema: Schema, document: Document): string {
  const whole = resolved(schema, document);
  const choices = whole.anyOf ?? whole.oneOf;
  if (choices) return [...new Set(choices.map((each) => typeOf(each, document)))].join(" | ");
  if (whole.type === "array" && whole.items) return `array of ${typeOf(whole.items, document)}`;
  return [whole.type ?? "object"].flat().join(" | ");
}

/** The first example of a body. */
export function exampleIn(content: Record<string, Content> | undefined): unknown {
  const json = content?.["application/json"];
  return json?.example ?? Object.values(json?.examples ?? {})[0]?.value;
}
