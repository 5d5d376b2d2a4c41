import { z } from 'zod';
import { type JsonSchema, jsonSchemaSchema } from './json-schema.ts';

/** A parameter of an operation, in its path, its query or its headers. */
export interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: JsonSchema;
}

/** What one documented answer may hold. */
export interface DocumentedAnswer {
  mediaType: string;
  schema: z.ZodType;
}

/** What an operation may answer, by status. */
export type Answers = ReadonlyMap<number, readonly DocumentedAnswer[]>;

/** One operation with one of the bodies it takes, as the producer's own document describes it. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  needsToken: boolean;
  parameters: readonly Parameter[];
  body: JsonSchema | undefined;
  /** What may be answered at its path, by method. */
  answers: ReadonlyMap<string, Answers>;
}

const contentSchema = z.record(z.string(), z.object({ schema: z.unknown() }));
const operationSchema = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()).optional(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: jsonSchemaSchema }))
    .default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ content: contentSchema })),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});
const namedSchema = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });
const referenceSchema = z.object({ $ref: z.string() });
/** What zod takes a JSON Schema as. */
const compilableSchema = z.record(z.string(), z.unknown());

/** Reads what the producer says of itself: its `/openapi.json`, as it is served right now. */
export async function readContract(producerUrl: string): Promise<readonly Operation[]> {
  const response = await fetch(`${producerUrl}/openapi.json`);
  const served: unknown = await response.json();
  const document = documentSchema.parse(inlined(served, namedSchema.parse(served).components.schemas));
  return Object.entries(document.paths).flatMap(([path, methods]) => {
    const answers = new Map(
      Object.entries(methods).map(([method, { responses }]) => [method.toUpperCase(), answersOf(responses)]),
    );
    return Object.entries(methods).flatMap(([method, operation]) =>
      bodiesOf(operation.requestBody?.content).map((body) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        needsToken: operation.security !== undefined,
        parameters: operation.parameters,
        body,
        answers,
      })),
    );
  });
}

function answersOf(responses: z.infer<typeof operationSchema>['responses']): Answers {
  return new Map(
    Object.entries(responses).map(([status, { content }]) => [
      Number(status),
      Object.entries(content).map(([mediaType, { schema }]) => ({
        mediaType,
        schema: z.fromJSONSchema(compilableSchema.parse(schema)),
      })),
    ]),
  );
}

function bodiesOf(content: z.infer<typeof contentSchema> | undefined): readonly (JsonSchema | undefined)[] {
  const given = content?.['application/json']?.schema;
  const schema = given === undefined ? undefined : jsonSchemaSchema.parse(given);
  if (schema?.oneOf !== undefined) return schema.oneOf;
  // A body without fields is none.
  return [Object.keys(schema?.properties ?? {}).length === 0 ? undefined : schema];
}

/** Without control characters: zod reads a pattern without Unicode's classes. */
const noControls = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$';

/** A document with what it refers to in its place. */
function inlined(value: unknown, components: Readonly<Record<string, unknown>>): unknown {
  const name = referenceSchema.safeParse(value).data?.$ref.split('/').at(-1);
  if (name !== undefined) return inlined(components[name], components);
  if (Array.isArray(value)) return value.map((one) => inlined(one, components));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'pattern' && one === '^\\P{Cc}*$' ? noControls : inlined(one, components),
    ]),
  );
}
