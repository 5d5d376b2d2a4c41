import { createHash } from 'node:crypto';
import type { DeletionWishes } from '@session-queue/core';
import { wishesIn } from '../../requests/ask-digest.ts';
import type { Ask, AskOptions } from '../commands/ask.ts';

/**
 * The key of a request when none is given: made from what is asked, so that the same command twice, for whatever reason, is
 * one request. When it is to be done, and how urgently, does not make it another one.
 */
export function keyOf(
  { kind, ignoreResponseRevisions = false }: Pick<Ask, 'kind' | 'ignoreResponseRevisions'>,
  options: Pick<AskOptions, 'consumer' | 'reason' | 'requestedBy'> & DeletionWishes,
  digest: string,
): string {
  const { consumer, reason, requestedBy } = options;
  const asked = [kind, ignoreResponseRevisions, consumer ?? 'default', reason, requestedBy];
  const notes = JSON.stringify([...asked, ...wishesIn(options)]);
  return `cli-${createHash('sha256').update(notes).update(digest).digest('hex').slice(0, 32)}`;
}
