import { problemSchema } from '../requests/answer-schemas.ts';
import { type Operation, operations } from './operations.ts';
import { schemaOf } from './schema-of.ts';

const reasons: Readonly<Record<number, string>> = {
  400: 'The input is wrong: every fault with its field and reason',
  401: 'No known token',
  403: 'The token lacks the scope, or is not for this consumer',
  404: 'No such request, or no such consumer',
  408: 'The body came too slowly',
  409: 'Being received right now, or not possible in this state',
  413: 'The body is too large',
  415: 'Not JSON in UTF-8',
  422: 'The Idempotency-Key belongs to another body',
  429: 'The token has used up its calls of this minute, or an address has sent too many unknown tokens',
  503: 'Redis is away or short of memory, or the issuer of tokens is away; the same call with the same Idempotency-Key is safe',
};

/** The API as an OpenAPI 3.1 document, made from the schemas that check what comes in. */
export function openApiDocument(maxBodyBytes: number): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Session Queue',
      version: '1',
      description: `Asks for Learnosity sessions to be deleted or resubmitted. A body has at most ${maxBodyBytes} bytes.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describe(operation: Operation): Record<string, unknown> {
  const { id, summary, parameters, body, answers, problems } = operation;
  const failures = problems.map((status) => [
    String(status),
    {
      description: reasons[status] ?? 'Problem',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  const successes = Object.entries(answers).map(([status, answer]) => [
    status,
    {
      description: answer.description,
      ...(answer.headers === undefined ? {} : { headers: answer.headers }),
      content: { 'application/json': { schema: schemaOf(answer.schema, 'output') } },
    },
  ]);
  return {
    operationId: id,
    summary,
    ...(operation.path.startsWith('/v1/') ? { security: [{ token: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: Object.fromEntries([...successes, ...failures]),
  };
}
