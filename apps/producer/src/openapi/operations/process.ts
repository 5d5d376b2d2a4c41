import { healthSchema, readinessSchema } from '../../requests/answer-schemas.ts';
import { jsonOf } from '../components.ts';
import type { Operation } from '../operation.ts';

const readiness = jsonOf(readinessSchema);

/** What watches the producer asks, and this document. */
export const process: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    tag: 'Process',
    summary: 'Whether the process answers.',
    answers: { 200: { description: 'It does', content: jsonOf(healthSchema) } },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readiness',
    tag: 'Process',
    summary: 'Whether requests can be accepted: Redis is writable, append-only, never evicts and has memory left.',
    answers: {
      200: { description: 'Ready', content: readiness },
      503: { description: 'Not ready, and why', content: readiness },
    },
    problems: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'openApi',
    tag: 'Process',
    summary: 'This document.',
    answers: {
      200: {
        description: 'OpenAPI 3.1',
        content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
      },
    },
    problems: [],
  },
  {
    method: 'get',
    path: '/docs',
    id: 'docs',
    tag: 'Process',
    summary: 'A page that shows this document, all of it served from here.',
    answers: {
      200: {
        description: 'The page',
        content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html>…' } },
      },
    },
    problems: [],
  },
];
