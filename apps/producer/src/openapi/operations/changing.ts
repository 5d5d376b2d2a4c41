import type { z } from 'zod';
import { emptyBodySchema } from '../../problems/field-faults.ts';
import { requestSchema } from '../../requests/answer-schemas.ts';
import { parkedBodySchema, retryBodySchema } from '../../routes/requests.ts';
import { jsonOf } from '../components.ts';
import { type Operation, problems } from '../operation.ts';
import { requestId } from '../parameters.ts';

interface Change {
  action: string;
  id?: string;
  summary: string;
  description?: string;
  body?: z.ZodType;
}

function change({ action, id = `${action}Request`, summary, description, body }: Change): Operation {
  return {
    method: 'post',
    path: `/v1/requests/{id}/${action}`,
    id,
    tag: 'Change',
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [requestId],
    body: { required: body !== undefined, content: jsonOf(body ?? emptyBodySchema) },
    answers: { 200: { description: 'The request as it is now', content: jsonOf(requestSchema) } },
    problems: problems.changing,
  };
}

/** What can be done with a request. */
export const changing: readonly Operation[] = [
  change({
    action: 'cancel',
    summary: 'Cancel what has not been sent yet.',
    description:
      'What is under way goes on to its end. Parked items may have had their effect, and wait for a person all the same.',
  }),
  change({ action: 'hold', summary: 'Take no new items of the request until it is released.' }),
  change({ action: 'release', summary: 'Go on with a held request.' }),
  change({
    action: 'retry',
    summary: 'Put the failed items of a finished request back in line.',
    body: retryBodySchema,
  }),
  change({
    action: 'parked',
    id: 'resolveParked',
    summary: 'Send the parked items again, or fail them.',
    description:
      'An item is parked when the outcome of its call is unknown and it must not be sent twice unasked. `resend` may do it a second time.',
    body: parkedBodySchema,
  }),
];
