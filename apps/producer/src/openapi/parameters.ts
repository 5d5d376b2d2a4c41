const text = (more: Record<string, unknown> = {}) => ({ type: 'string', ...more });

/** The id in a path. */
export const requestId = {
  name: 'id',
  in: 'path',
  required: true,
  schema: text({ minLength: 1, maxLength: 255 }),
} as const;

/** The session in a path; it never reaches a log. */
export const sessionId = { ...requestId, description: 'A session id, as it was given' } as const;

/** The query of the lookup of a session. */
export const sessionQuery = [
  { name: 'consumer', in: 'query', required: false, description: 'Of this one only', schema: text() },
] as const;

/** The header that makes a repeated call safe. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'With the same key and body the call can be repeated for 24 hours and is done once.',
  schema: text({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }),
} as const;

/** The query of the items of a request. */
export const itemsQuery = [
  { name: 'state', in: 'query', required: true, schema: text({ enum: ['failed', 'parked'] }) },
  { name: 'next', in: 'query', required: false, description: 'From the page before', schema: text() },
  { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
] as const;

/** The headers of a 202. */
export const acceptedHeaders = {
  Location: { description: 'Where to look up the request', schema: text() },
  'Idempotent-Replayed': {
    description: 'The kept answer of an earlier call with the same Idempotency-Key',
    schema: text({ enum: ['true'] }),
  },
} as const;
