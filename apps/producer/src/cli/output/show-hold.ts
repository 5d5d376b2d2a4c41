import { foundNothing, type LegalHoldView } from '@session-queue/core';
import { counted } from '../wording.ts';
import { labelled } from './labelled.ts';

/** A legal hold as lines for people. */
export function showHold(hold: LegalHoldView): string {
  const { id, consumer, sessions, reason, by, createdAt, resolvedAt, waiting, liftedAt } = hold;
  return labelled([
    ['Legal hold', id],
    ['Consumer', consumer],
    ['On', heldThing(hold)],
    ['Keeps', foundNothing(hold) ? 'nothing: Learnosity shows no session of it' : counted(sessions, 'session')],
    ['Found as of', resolvedAt],
    ['Waits', waiting && `${waiting.message} (${waiting.code})`],
    ['Placed', by === undefined ? createdAt : `${createdAt} by ${by}`],
    ['Reason', reason],
    ['Lifted since', liftedAt],
  ]);
}

/** What it is on. An id that begins or ends with a space stands in quotes: nobody would see that it is spelled so. */
export function heldThing({ on, sessions, userId = '', activityId = '' }: LegalHoldView): string {
  if (on === 'sessions') return counted(sessions, 'session');
  const id = userId || activityId;
  return `${on} ${id.trim() === id ? id : `"${id}"`}`;
}
