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

/** One operation, as the producer's own document describes it. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  needsToken: boolean;
  parameters: readonly Parameter[];
  body: JsonSchema | undefined;
  answers: ReadonlyMap<number, DocumentedAnswer>;
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
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const referenceSchema = z.object({ $ref: z.string() });
/** What zod takes a JSON Schema as. */
const compilableSchema = z.record(z.string(), z.unknown());

/** Reads what the producer says of itself: its `/openapi.json`, as it is served right now. */
export async function readContract(producerUrl: string): Promise<readonly Operation[]> {
  const response = await fetch(`${producerUrl}/openapi.json`);
  const document = documentSchema.parse(await response.json());
  const resolve = (schema: unknown): z.ZodType => {
    const name = referenceSchema.safeParse(schema).data?.$ref.split('/').at(-1);
    return z.fromJSONSchema(compilableSchema.parse(name === undefined ? schema : document.components.schemas[name]));
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      needsToken: operation.security !== undefined,
      parameters: operation.parameters,
      body: bodyOf(operation.requestBody?.content),
      answers: new Map(
        Object.entries(operation.responses).flatMap(([status, { content }]) =>
          Object.entries(content).map(([mediaType, { schema }]) => [
            Number(status),
            { mediaType, schema: resolve(schema) },
          ]),
        ),
      ),
    })),
  );
}

function bodyOf(content: z.infer<typeof contentSchema> | undefined): JsonSchema | undefined {
  const schema = content?.['application/json']?.schema;
  return schema === undefined ? undefined : jsonSchemaSchema.parse(schema);
}
