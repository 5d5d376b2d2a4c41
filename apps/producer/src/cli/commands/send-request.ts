import type { z } from 'zod';
import { acceptedSchema } from '../../requests/answer-schemas.ts';
import { requestPath } from '../../requests/present.ts';
import type { Session } from '../connection.ts';
import { keyOf } from '../idempotency-key.ts';
import { print, readable, tell } from '../terminal.ts';
import { followRequest } from './status.ts';

/** What both kinds of requests have. */
export interface RequestOptions {
  consumer?: string;
  reason?: string;
  requestedBy?: string;
  idempotencyKey?: string;
  follow?: boolean;
  yes?: boolean;
}

/** Sends a request, says what was accepted, and follows it when that is wanted. */
export async function sendRequest(
  session: Session,
  path: string,
  items: object,
  options: RequestOptions,
): Promise<void> {
  const { consumer, reason, requestedBy, follow = false } = options;
  const body = { consumer, reason, requestedBy, ...items };
  const idempotencyKey = options.idempotencyKey ?? keyOf(path, body);
  const { value, replayed } = await session.api.call({
    method: 'POST',
    path,
    schema: acceptedSchema,
    body,
    idempotencyKey,
  });
  if (!session.json) describeAccepted(session, value, replayed);
  else if (!follow) print(session.terminal, JSON.stringify(value));
  if (follow) await followRequest(session, requestPath(value.id));
  else if (!session.json) tell(session.terminal, `See how it goes: session-queue status ${value.id} --follow`);
}

function describeAccepted({ terminal }: Session, accepted: z.infer<typeof acceptedSchema>, replayed: boolean): void {
  const { id, kind, consumer, counts } = accepted;
  const twice = counts.duplicates > 0 ? ` (${readable(counts.duplicates)} more were given twice)` : '';
  if (replayed) tell(terminal, 'The same was asked within the last 24 hours: this is that request.');
  print(terminal, `Accepted the ${kind} of ${readable(counts.total)} items for consumer ${consumer}${twice}.`);
  print(terminal, `Request ${id}`);
}
