import { legalHoldInputSchema } from '@session-queue/core';
import { legalHoldSchema, legalHoldsSchema } from '../../requests/answer-schemas.ts';
import { legalHoldsQuerySchema, liftBodySchema } from '../../routes/legal-holds.ts';
import { jsonOf, sessionsContent } from '../components.ts';
import { type Operation, problems } from '../operation.ts';
import { acceptedHeaders, idempotencyKey, legalHoldId } from '../parameters.ts';

/** What keeps sessions from ever being deleted. All of it needs the scope legal-hold:manage. */
export const holding: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/legal-holds',
    id: 'addLegalHold',
    tag: 'Legal hold',
    summary: 'Keep sessions, or those of a user or an activity, from being deleted.',
    description:
      'What is held is not sent, whoever asks and however: its item fails with the code `legal_hold`. Sessions of a user or an activity are ' +
      'found through their metadata, now and before each deletion that comes later; until they are known no deletion of the consumer is sent.',
    parameters: [idempotencyKey],
    body: { required: true, content: jsonOf(legalHoldInputSchema) },
    answers: {
      201: { description: 'The hold stands', content: jsonOf(legalHoldSchema), headers: acceptedHeaders },
    },
    problems: [...problems.selecting, 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/legal-holds',
    id: 'listLegalHolds',
    tag: 'Legal hold',
    summary: 'The legal holds of a consumer, the newest first.',
    query: legalHoldsQuerySchema,
    answers: { 200: { description: 'The holds', content: jsonOf(legalHoldsSchema) } },
    problems: [...problems.reading, 'other-consumer'],
  },
  {
    method: 'get',
    path: '/v1/legal-holds/{id}',
    id: 'getLegalHold',
    tag: 'Legal hold',
    summary: 'One legal hold.',
    parameters: [legalHoldId],
    answers: { 200: { description: 'The hold', content: jsonOf(legalHoldSchema) } },
    problems: problems.legalHold,
  },
  {
    method: 'delete',
    path: '/v1/legal-holds/{id}',
    id: 'removeLegalHold',
    tag: 'Legal hold',
    summary: 'Lift a legal hold, for a reason. What another one keeps stays held.',
    description:
      'Where deletions are under evidence the journal says who lifted it and why. What is cut short, a 503 too, goes on: a worker finishes it.',
    parameters: [legalHoldId],
    body: { required: true, content: jsonOf(liftBodySchema) },
    answers: { 200: { description: 'The hold as it was', content: jsonOf(legalHoldSchema) } },
    problems: problems.liftingHold,
  },
  {
    method: 'get',
    path: '/v1/legal-holds/{id}/sessions',
    id: 'listHeldSessions',
    tag: 'Legal hold',
    summary: 'All sessions that a legal hold keeps, as CSV or NDJSON, in no order.',
    parameters: [legalHoldId],
    answers: {
      200: {
        description: 'The sessions',
        content: sessionsContent,
      },
    },
    problems: problems.legalHold,
  },
];
