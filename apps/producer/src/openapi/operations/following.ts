import { certificateSchema } from '@session-queue/core/evidence';
import {
  consumersSchema,
  itemsPageSchema,
  requestSchema,
  requestsPageSchema,
  sessionSchema,
} from '../../requests/answer-schemas.ts';
import { requestListQuerySchema } from '../../routes/request-list.ts';
import { itemsQuerySchema } from '../../routes/requests.ts';
import { sessionQuerySchema } from '../../routes/sessions.ts';
import { jsonOf } from '../components.ts';
import { textExamples } from '../examples.ts';
import { type Operation, problems } from '../operation.ts';
import { linkHeader, requestId, sessionId } from '../parameters.ts';
import { placeOf } from '../schema-of.ts';

/** The ways to see what became of a request. */
export const following: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/requests',
    id: 'listRequests',
    tag: 'Follow',
    summary: 'Requests, the newest first, a page at a time.',
    description:
      'What is asked for may be narrowed; times are those of creation. A page may be short, or empty, and have a `next` all the ' +
      'same: then fitting requests are rare, and the search goes on from there.',
    query: requestListQuerySchema,
    answers: {
      200: { description: 'A page of requests', content: jsonOf(requestsPageSchema), headers: linkHeader },
    },
    problems: problems.reading,
  },
  {
    method: 'get',
    path: '/v1/requests/{id}',
    id: 'getRequest',
    tag: 'Follow',
    summary: 'What became of a request.',
    description:
      'Open until its state is `completed`, `failed` (some items failed for good) or `cancelled`. Its record stays for ' +
      '`RETENTION_DAYS` (30) after that.',
    parameters: [requestId],
    answers: { 200: { description: 'The request as it is now', content: jsonOf(requestSchema) } },
    problems: problems.readingOne,
  },
  {
    method: 'get',
    path: '/v1/requests/{id}/events',
    id: 'followRequest',
    tag: 'Follow',
    summary: 'The progress of a request, as server-sent events.',
    description:
      'An event `progress` holds the request (`Request`), first as it is and then whenever it has changed, at most once a ' +
      'second. An event `end` (`ProgressEnd`) says why nothing more will happen, and the stream is closed; a client stops there, and ' +
      'connects again after any other end: a stream lasts 5 minutes, so that it does not outlive its token by more. Comments say that the stream is alive, or that Redis is away.',
    parameters: [requestId],
    answers: {
      200: {
        description: 'The events',
        content: {
          'text/event-stream': {
            schema: {
              type: 'string',
              description: `Data of \`progress\` is ${placeOf('Request')}, data of \`end\` is ${placeOf('ProgressEnd')}`,
            },
            example: textExamples.events,
          },
        },
      },
    },
    problems: [...problems.readingOne, 'busy'],
  },
  {
    method: 'get',
    path: '/v1/requests/{id}/items',
    id: 'listItems',
    tag: 'Follow',
    summary: 'The failed or parked items of a request, or those that Learnosity still shows, a page at a time.',
    description: 'The only answers that hold items. `code` is an error code of Learnosity, or a word of our own.',
    parameters: [requestId],
    query: itemsQuerySchema,
    answers: { 200: { description: 'A page of items', content: jsonOf(itemsPageSchema) } },
    problems: problems.readingOne,
  },
  {
    method: 'get',
    path: '/v1/requests/{id}/certificate',
    id: 'getCertificate',
    tag: 'Follow',
    summary: 'What proves offline what became of a deletion that has ended.',
    description:
      'A page to print when `Accept` prefers `text/html`. A 409 `conflict` with the reason while the request is open, in the moments until ' +
      'a worker has made it, and of what is not under evidence (`EVIDENCE` of the workers). `session-queue verify-certificate` checks ' +
      'it with the public key alone. With over 10,000 sessions it carries no `leaves`: these are a file beside it.',
    parameters: [requestId],
    answers: {
      200: {
        description: 'The certificate of the last end',
        content: {
          ...jsonOf(certificateSchema),
          'text/html': {
            schema: { type: 'string', description: 'The same facts, to be read and printed' },
            example: textExamples.certificatePage,
          },
        },
      },
    },
    problems: [...problems.readingOne, 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/requests/{id}/certificate/leaves',
    id: 'listCertificateLeaves',
    tag: 'Follow',
    summary: 'The salted leaves behind a certificate, as NDJSON.',
    description:
      'The first line names the request and its salt, each other one is a leaf of 32 bytes in base64, in the order that the root covers. ' +
      'Who has them can try out ids that can be guessed. An answer that is cut off does not make the root.',
    parameters: [requestId],
    answers: {
      200: {
        description: 'The leaves',
        content: {
          'application/x-ndjson': {
            schema: { type: 'string', description: 'A line each' },
            example: textExamples.leaves,
          },
        },
      },
    },
    problems: [...problems.readingOne, 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/sessions/{id}',
    id: 'findSession',
    tag: 'Follow',
    summary: 'What open and finished deletions know of one session.',
    description:
      'While `SESSION_INDEX` is on: what was asked for before is not known, nor are sessions within failed submissions. An empty list ' +
      'says that nothing is known.',
    parameters: [sessionId],
    query: sessionQuerySchema,
    answers: { 200: { description: 'The requests that it is in', content: jsonOf(sessionSchema) } },
    problems: [...problems.reading, 'other-consumer', 'index-off'],
  },
  {
    method: 'get',
    path: '/v1/consumers',
    id: 'listConsumers',
    tag: 'Follow',
    summary: 'The consumers that workers have announced.',
    answers: { 200: { description: 'Their names', content: jsonOf(consumersSchema) } },
    problems: problems.reading,
  },
];
