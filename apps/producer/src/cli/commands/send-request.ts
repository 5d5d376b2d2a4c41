import type { z } from 'zod';
import { acceptedSchema } from '../../requests/answer-schemas.ts';
import { requestPath } from '../../requests/present.ts';
import { shellWord } from '../command-name.ts';
import type { Session } from '../connection.ts';
import { keyOf } from '../idempotency-key.ts';
import { counted, print, readable, tell } from '../terminal.ts';
import { followRequest, showOutcome } from './status.ts';

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
  if (replayed) return await showReplayed(session, value.id, follow);
  if (!session.json) describeAccepted(session, value);
  else if (!follow) print(session.terminal, JSON.stringify(value));
  if (follow) await followRequest(session, requestPath(value.id));
  else if (!session.json)
    tell(session.terminal, `See how it goes: ${session.terminal.command} status ${shellWord(value.id)} --follow`);
}

function describeAccepted({ terminal }: Session, accepted: z.infer<typeof acceptedSchema>): void {
  const { id, kind, consumer, counts } = accepted;
  const twice = counts.duplicates > 0 ? ` (${readable(counts.duplicates)} more given twice)` : '';
  print(terminal, `Accepted the ${kind} of ${counted(counts.total, 'item')} for consumer ${consumer}${twice}.`);
  print(terminal, `Request ${id}`);
}

/**
 * The producer has answered with a request of before: nothing new was accepted. That one may have ended long ago, so it
 * is shown as it is now, and what has failed or was cancelled is a failure of this command too.
 */
async function showReplayed(session: Session, id: string, follow: boolean): Promise<void> {
  tell(session.terminal, 'The same was asked before, within the last 24 hours. This is that request, as it is now.');
  tell(session.terminal, 'To ask anew, give the same command a key of its own: --idempotency-key <new>');
  if (follow) await followRequest(session, requestPath(id));
  else await showOutcome(session, requestPath(id));
}
