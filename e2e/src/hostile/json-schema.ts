import { z } from 'zod';

/** As much of JSON Schema as the API's document uses. */
export interface JsonSchema {
  type?: string | undefined;
  enum?: readonly string[] | undefined;
  properties?: Readonly<Record<string, JsonSchema>> | undefined;
  required?: readonly string[] | undefined;
  items?: JsonSchema | undefined;
  /** One of these, and no other. */
  oneOf?: readonly JsonSchema[] | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  minItems?: number | undefined;
  pattern?: string | undefined;
  contentEncoding?: string | undefined;
  format?: string | undefined;
}

const number = z.number().optional();

export const jsonSchemaSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    enum: z.array(z.string()).optional(),
    properties: z.record(z.string(), jsonSchemaSchema).optional(),
    required: z.array(z.string()).optional(),
    items: jsonSchemaSchema.optional(),
    oneOf: z.array(jsonSchemaSchema).optional(),
    minLength: number,
    maxLength: number,
    minimum: number,
    maximum: number,
    minItems: number,
    pattern: z.string().optional(),
    contentEncoding: z.string().optional(),
    format: z.string().optional(),
  }),
);
