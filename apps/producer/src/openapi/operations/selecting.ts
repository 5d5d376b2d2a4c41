import { selectionInputSchema } from '@session-queue/core';
import { emptyBodySchema } from '../../problems/field-faults.ts';
import { selectionSchema, selectionsPageSchema } from '../../requests/answer-schemas.ts';
import { selectionListQuerySchema } from '../../routes/selection-list.ts';
import { jsonOf, sessionsContent } from '../components.ts';
import { textExamples } from '../examples.ts';
import { type Operation, problems } from '../operation.ts';
import { acceptedHeaders, idempotencyKey, linkHeader, selectionId } from '../parameters.ts';

const asItIsNow = { 200: { description: 'The selection as it is now', content: jsonOf(selectionSchema) } };

/** The ways to choose sessions by their metadata. */
export const selecting: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/selections',
    id: 'select',
    tag: 'Select',
    summary: 'Find the sessions that a filter selects. Nothing is deleted.',
    description:
      'A worker reads all pages of them from Learnosity. Look at what was found, then have it deleted by `POST /v1/deletions` with ' +
      '`selection`, `expectDigest` and `expectCount`. Sessions without metadata are found by no filter. With `breakdown` it ' +
      'also says how many of them are of which status, activity or learner, at a walk more for each value. With an `Idempotency-Key` the ' +
      'same call again never becomes a second selection.',
    parameters: [idempotencyKey],
    body: { required: true, content: jsonOf(selectionInputSchema) },
    answers: {
      202: {
        description: 'Durably accepted: its walk goes on whatever dies now',
        content: jsonOf(selectionSchema),
        headers: acceptedHeaders,
      },
    },
    problems: problems.selecting,
  },
  {
    method: 'get',
    path: '/v1/selections',
    id: 'listSelections',
    tag: 'Select',
    summary: 'Selections, the newest first.',
    description: 'What each filter selects is asked of each: `GET /v1/selections/{id}/sessions`.',
    query: selectionListQuerySchema,
    answers: {
      200: { description: 'A page of selections', content: jsonOf(selectionsPageSchema), headers: linkHeader },
    },
    problems: problems.reading,
  },
  {
    method: 'get',
    path: '/v1/selections/{id}',
    id: 'getSelection',
    tag: 'Select',
    summary: 'How far a selection is; once it is ready, its count and its digest.',
    description: 'It stays for `RETENTION_DAYS` (30) after its end.',
    parameters: [selectionId],
    answers: asItIsNow,
    problems: problems.readingSelection,
  },
  {
    method: 'get',
    path: '/v1/selections/{id}/sessions',
    id: 'listSelectedSessions',
    tag: 'Select',
    summary: 'All sessions of a selection that is ready, as CSV or NDJSON.',
    description:
      'CSV unless `Accept` prefers `application/x-ndjson`. An answer that is cut off is not all; one that ends is. While the selection ' +
      'walks, and after it has failed or was cancelled, it is a 409 `conflict`.',
    parameters: [selectionId],
    answers: {
      200: {
        description: 'The sessions, in the order that the digest covers',
        content: sessionsContent,
      },
    },
    problems: [...problems.readingSelection, 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/selections/{id}/metadata',
    id: 'listSelectedMetadata',
    tag: 'Select',
    summary: 'The metadata of all sessions of a selection that is ready, as NDJSON.',
    description:
      'Where `POST /v1/selections` asked for `keepMetadata`, else it is a 409 `conflict`. An answer that is cut off is not all; one that ' +
      'ends is. Needs the scope `selection:create`: it tells more of learners than their session ids.',
    parameters: [selectionId],
    answers: {
      200: {
        description: 'The sessions, in the order that the digest covers',
        content: {
          'application/x-ndjson': {
            schema: {
              type: 'string',
              description: 'A session a line: what Learnosity answered (user_id, session_id, metadata)',
            },
            example: textExamples.metadataLines,
          },
        },
      },
    },
    problems: [...problems.readingSelection, 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/selections/{id}/cancel',
    id: 'cancelSelection',
    tag: 'Select',
    summary: 'End the walk of a selection, and forget what it found.',
    parameters: [selectionId],
    body: { required: false, content: jsonOf(emptyBodySchema) },
    answers: asItIsNow,
    problems: problems.cancellingSelection,
  },
];
