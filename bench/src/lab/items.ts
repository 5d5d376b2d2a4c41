import type { Kind } from '@session-queue/core';
import { sessionIds } from './session-ids.ts';

/** Bytes of a failed submission before base64: a short answer or two. */
const submissionBytes = 480;

/** Items that no two tags share: session ids, or failed submissions of the same small size. */
export function* itemsOf(kind: Kind, count: number, tag: number): Generator<string> {
  for (const id of sessionIds(count, tag)) {
    yield kind === 'deletion' ? id : Buffer.from(id.padEnd(submissionBytes)).toString('base64');
  }
}
