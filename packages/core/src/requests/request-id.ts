import { QueueKeys } from 'bullmq';
import { Refusal } from './refusal.ts';

/** BullMQ keeps jobs beside its own keys: a job of such a name would overwrite the list of all that wait. */
const bullKeys: ReadonlySet<string> = new Set(Object.keys(new QueueKeys().getKeys('any')));

/**
 * Answers with an id that can name a request, its keys and its BullMQ job; refuses any other. BullMQ takes no whole numbers, no
 * `NaN` (what it reads of one) and no colons; half a character would become another one in Redis.
 */
export function checkRequestId(id: string): string {
  const good = /^[^\p{Cc}:]{1,255}$/u.test(id) && !/^(-?\d+|NaN)$/.test(id) && id.isWellFormed() && !bullKeys.has(id);
  if (good) return id;
  const rule =
    'must have 1 to 255 characters, no colon, no control character, and be neither a number nor a BullMQ key';
  throw new Refusal('invalid', rule, { field: 'id' });
}
