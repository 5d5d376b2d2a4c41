import type { LegalHolds } from '@session-queue/core';
import { consumer } from './action-targets.ts';

/** The legal hold `held`, on two sessions, and no other. */
export async function setHeld(holds: LegalHolds): Promise<void> {
  const why = { reason: 'the test begins', by: 'ada' };
  for (const { id } of await holds.legalHolds(consumer)) if (id !== 'held') await holds.removeLegalHold(id, why);
  const sessionIds = ['private-session', 'private-2'];
  await holds.addLegalHold({ id: 'held', consumer, sessionIds, reason: 'case <12>', by: 'ada' });
}
