import type { z } from 'zod';
import { fieldsOf, type Schema } from './schema-of.ts';

/** A parameter in a path, a query or a header. A type, and no interface: OpenAPI's own may have further fields. */
export type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: Schema;
};

/** A header of an answer. */
export interface Header {
  description: string;
  schema: Schema;
}

/** The id in a path. */
export const requestId: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the request, as the 202 has told it',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** The selection in a path. */
export const selectionId: Parameter = { ...requestId, description: 'The id of the selection, as the 202 has told it' };

/** The rule in a path. */
export const ruleName: Parameter = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'The name of the rule: 1 to 64 letters, digits, dots, dashes or underscores',
  schema: { type: 'string', minLength: 1, maxLength: 64 },
};
/** The legal hold in a path. */
export const legalHoldId: Parameter = { ...requestId, description: 'The id of the legal hold, as the 201 has told it' };

/** The session in a path; it never reaches a log. */
export const sessionId: Parameter = { ...requestId, description: 'A session id, as it was given' };

/** The header that makes a repeated call safe. */
export const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'With the same key and the same content the call can be repeated for 24 hours, and is done once.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
};

/** The headers of a 202. */
export const acceptedHeaders: Readonly<Record<string, Header>> = {
  Location: { description: 'Where to look it up', schema: { type: 'string', format: 'uri-reference' } },
  'Idempotent-Replayed': {
    description: 'The kept answer of an earlier call with the same Idempotency-Key',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** The header of a page that another one follows. */
export const linkHeader: Readonly<Record<string, Header>> = {
  Link: { description: 'Where the next page is (RFC 8288): `<…>; rel="next"`', schema: { type: 'string' } },
};

/** The parameters of a query, as its schema checks them. */
export function queryParameters(schema: z.ZodObject): Parameter[] {
  return fieldsOf(schema).map(({ name, required, schema: { description, ...rest } }) => ({
    name,
    in: 'query',
    required,
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}
