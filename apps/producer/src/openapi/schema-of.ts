import { z } from 'zod';

/** A zod schema as JSON Schema 2020-12, which is what OpenAPI 3.1 takes. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}
