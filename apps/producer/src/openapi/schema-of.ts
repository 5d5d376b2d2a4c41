import type { OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

type Components = NonNullable<ReturnType<OpenApiGeneratorV31['generateDocument']>['components']>;
/** A schema as the document holds it. */
export type Schema = Exclude<NonNullable<Components['schemas']>[string], { $ref: string }>;

/** Whether a schema says what comes in or what goes out. */
export type Way = 'input' | 'output';

/** Where a component of this name stands in the document. */
export const placeOf = (name: string): string => `#/components/schemas/${name}`;

/**
 * Zod schemas as JSON Schema 2020-12, which is what OpenAPI 3.1 takes: each by its name, and named where another holds it.
 * By zod itself: zod-to-openapi 9.1 says of `exactOptional` that it is required, and spoils a pattern that has flags.
 */
export function schemasOf(named: readonly (readonly [string, z.ZodType])[], way: Way): Record<string, Schema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...optionsFor(way), uri: placeOf });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(schema)]));
}

/** The fields of an object's schema, each with whether it must be there. */
export function fieldsOf(schema: z.ZodObject): { name: string; required: boolean; schema: Schema }[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, optionsFor('input'));
  return Object.entries(properties).map(([name, field]) => ({
    name,
    required: required.includes(name),
    schema: plain(typeof field === 'boolean' ? {} : field),
  }));
}

function optionsFor(way: Way) {
  return {
    io: way,
    unrepresentable: 'any',
    override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
      // Answers may have further fields one day.
      if (way === 'output') delete jsonSchema.additionalProperties;
      // No format of JSON Schema: `contentEncoding` says the same.
      if (jsonSchema.contentEncoding !== undefined) delete jsonSchema.format;
      // A screenful that says no more than the format does.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // Words of a query (true, false) have the value that they stand for as their default.
      if (jsonSchema.type === 'string' && typeof jsonSchema.default !== 'string') delete jsonSchema.default;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  } as const;
}

/** Without what only a schema that stands alone says of itself. */
function plain(schema: z.core.JSONSchema.BaseSchema): Schema {
  const said = Object.entries(schema).filter(([keyword]) => keyword !== '$schema' && keyword !== '$id');
  // What zod makes is a schema of OpenAPI 3.1; only the types of the two libraries do not know each other.
  return Object.fromEntries(said) as Schema;
}
