import type { z } from 'zod';
import { emptyBodySchema } from '../../problems/field-faults.ts';
import { requestSchema } from '../../requests/answer-schemas.ts';
import { approveBodySchema, revokeBodySchema } from '../../routes/approvals.ts';
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
  isBodyOptional?: boolean;
}

function change({
  action,
  id = `${action}Request`,
  summary,
  description,
  body,
  isBodyOptional = body === undefined,
}: Change): Operation {
  return {
    method: 'post',
    path: `/v1/requests/{id}/${action}`,
    id,
    tag: 'Change',
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [requestId],
    body: { required: !isBodyOptional, content: jsonOf(body ?? emptyBodySchema) },
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
    action: 'approve',
    summary: 'Approve of a deletion as a second person.',
    description:
      'Needs the scope deletion:approve. Who approves is whom the token names, and not who asked for the deletion (409). What is `waiting` goes on from here; in the hold window of its consumer it can still be revoked.',
    body: approveBodySchema,
    isBodyOptional: true,
  }),
  change({
    action: 'revoke',
    summary: 'End a deletion before anything of it is sent.',
    description:
      'While it is `waiting` for its approval, or `accepted` and before its time (`startsAt`, `notBefore`); else it can be cancelled. Needs the scope request:manage or deletion:approve.',
    body: revokeBodySchema,
  }),
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
