import type { z } from 'zod';
import {
  itemsPageSchema,
  readinessSchema,
  requestSchema,
  sessionSchema,
  streamAcceptedSchema,
  switchSchema,
} from '../requests/answer-schemas.ts';
import { deletionBodySchema, resubmissionBodySchema } from '../requests/ask.ts';
import { parkedBodySchema, retryBodySchema } from '../routes/requests.ts';
import { startBodySchema, stopBodySchema } from '../routes/switches.ts';
import { acceptedHeaders, idempotencyKey, itemsQuery, requestId, sessionId, sessionQuery } from './parameters.ts';

export interface Operation {
  method: 'get' | 'post';
  path: string;
  id: string;
  summary: string;
  parameters: readonly Readonly<Record<string, unknown>>[];
  body?: z.ZodType;
  answers: Readonly<Record<number, Answer>>;
  problems: readonly number[];
}

interface Answer {
  description: string;
  schema: z.ZodType;
  headers?: Readonly<Record<string, unknown>>;
}

const accepted = {
  202: { description: 'Durably accepted', schema: streamAcceptedSchema, headers: acceptedHeaders },
};
const theRequest = { 200: { description: 'The request as it is now', schema: requestSchema } };
const acceptProblems = [400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503];

function change(action: string, summary: string): Operation {
  return {
    method: 'post',
    path: `/v1/requests/{id}/${action}`,
    id: `${action}Request`,
    summary,
    parameters: [requestId],
    answers: theRequest,
    problems: [400, 401, 403, 404, 408, 409, 413, 415, 429, 503],
  };
}

/** Everything the API does. */
export const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/deletions',
    id: 'deleteSessions',
    summary: 'Delete sessions at Learnosity. There is no undo.',
    parameters: [idempotencyKey],
    body: deletionBodySchema,
    answers: accepted,
    problems: acceptProblems,
  },
  {
    method: 'post',
    path: '/v1/resubmissions',
    id: 'resubmit',
    summary: 'Send failed submissions to Learnosity again.',
    parameters: [idempotencyKey],
    body: resubmissionBodySchema,
    answers: accepted,
    problems: acceptProblems,
  },
  {
    method: 'get',
    path: '/v1/requests/{id}',
    id: 'getRequest',
    summary: 'What became of a request.',
    parameters: [requestId],
    answers: theRequest,
    problems: [400, 401, 403, 404, 429, 503],
  },
  {
    method: 'get',
    path: '/v1/requests/{id}/items',
    id: 'listItems',
    summary: 'The failed or parked items of a request, a page at a time.',
    parameters: [requestId, ...itemsQuery],
    answers: { 200: { description: 'A page of items', schema: itemsPageSchema } },
    problems: [400, 401, 403, 404, 429, 503],
  },
  change('cancel', 'Cancel what has not been sent yet.'),
  change('hold', 'Take no new items of the request until it is released.'),
  change('release', 'Go on with a held request.'),
  {
    ...change('retry', 'Put the failed items of a finished request back in line.'),
    body: retryBodySchema,
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/parked',
    id: 'resolveParked',
    summary: 'Send the parked items again, or fail them.',
    parameters: [requestId],
    body: parkedBodySchema,
    answers: theRequest,
    problems: [400, 401, 403, 404, 408, 409, 413, 415, 429, 503],
  },
  {
    method: 'get',
    path: '/v1/sessions/{id}',
    id: 'findSession',
    summary:
      'What open and finished deletions know of one session, while SESSION_INDEX is on: what was asked for before is not known, nor are sessions within failed submissions.',
    parameters: [sessionId, ...sessionQuery],
    answers: { 200: { description: 'The requests that it is in; none when nothing is known', schema: sessionSchema } },
    problems: [400, 401, 403, 404, 429, 503],
  },
  {
    method: 'post',
    path: '/v1/stop',
    id: 'stop',
    summary: 'Stop every send of a kind that has not begun, over all consumers.',
    parameters: [],
    body: stopBodySchema,
    answers: { 200: { description: 'Stopped', schema: switchSchema } },
    problems: [400, 401, 403, 408, 413, 415, 429, 503],
  },
  {
    method: 'post',
    path: '/v1/start',
    id: 'start',
    summary: 'Undo the stop.',
    parameters: [],
    body: startBodySchema,
    answers: { 200: { description: 'Going on', schema: switchSchema } },
    problems: [400, 401, 403, 408, 413, 415, 429, 503],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readiness',
    summary: 'Whether requests can be accepted: Redis is writable, append-only, never evicts and has memory left.',
    parameters: [],
    answers: {
      200: { description: 'Ready', schema: readinessSchema },
      503: { description: 'Not ready, and why', schema: readinessSchema },
    },
    problems: [],
  },
];
