import { streamAcceptedSchema } from '../../requests/answer-schemas.ts';
import { deletionBodySchema, resubmissionBodySchema } from '../../requests/ask.ts';
import { selectionDeletionBodySchema } from '../../selections/selection-ask.ts';
import { streamNotesSchemas } from '../../streams/stream-notes.ts';
import { jsonOf, jsonOfOneOf } from '../components.ts';
import { textExamples } from '../examples.ts';
import { type Operation, problems } from '../operation.ts';
import { acceptedHeaders, idempotencyKey } from '../parameters.ts';

const accepted = {
  202: {
    description: 'Durably accepted: whatever dies now, the request is carried out',
    content: jsonOf(streamAcceptedSchema),
    headers: acceptedHeaders,
  },
};

const lines = (schema: string, example: string) => ({
  schema: { type: 'string', description: schema } as const,
  example,
});

const safely =
  'Send an `Idempotency-Key`: after a 503, or no answer at all, the same call again never becomes a second request.';
const streams =
  'Bodies that are no JSON may be of any length. They are stored while they come, and nothing of them is sent before the end. ' +
  'Their notes (`consumer`, `reason`, …) stand in the query; those of a JSON body stand in the body.';

const chosen =
  'With `selection` in place of `sessionIds` exactly what that selection found is deleted; a 409 `conflict` says what is other than ' +
  'expected, and then nothing is.';

/** The ways to make a request. */
export const asking: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/deletions',
    id: 'deleteSessions',
    tag: 'Ask',
    summary: 'Delete sessions at Learnosity. There is no undo.',
    description: `${safely}\n\n${streams}\n\n${chosen}`,
    parameters: [idempotencyKey],
    query: streamNotesSchemas.deletion,
    body: {
      required: true,
      content: {
        ...jsonOfOneOf(deletionBodySchema, selectionDeletionBodySchema),
        'text/csv': lines('A column `session_id`, or the only column', textExamples.csv),
        'application/x-ndjson': lines(
          'A session id a line: a JSON string, or an object with `sessionId`',
          textExamples.deletionLines,
        ),
      },
    },
    answers: accepted,
    problems: [...problems.asking, 'unknown-selection', 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/resubmissions',
    id: 'resubmit',
    tag: 'Ask',
    summary: 'Send failed submissions to Learnosity again.',
    description:
      'A failed submission is the base64 text that the browser of a learner offers when saving has failed.\n\n' +
      '`ignoreResponseRevisions` lets an old recording overwrite newer responses: such items are never sent twice, and wait for a ' +
      `person when the outcome of a call is unknown.\n\n${safely}\n\n${streams}`,
    parameters: [idempotencyKey],
    query: streamNotesSchemas.resubmission,
    body: {
      required: true,
      content: {
        ...jsonOf(resubmissionBodySchema),
        'application/x-ndjson': lines(
          'A submission a line: a JSON string, or an object with `submission`',
          textExamples.resubmissionLines,
        ),
        'multipart/form-data': {
          schema: {
            type: 'object',
            description:
              "The learners' files: each file is one submission, in base64. Notes may stand in fields before the files.",
            properties: { file: { type: 'array', items: { type: 'string', contentMediaType: 'text/plain' } } },
            additionalProperties: true,
          },
          example: { file: [textExamples.submission] },
        },
      },
    },
    answers: accepted,
    problems: problems.asking,
  },
];
