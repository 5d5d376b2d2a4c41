import type { VerificationFigures } from '@session-queue/core/engine';
import { ago, counted, duration } from '../pages/wording.ts';
import type { Overview } from './overview.ts';
import type { Problem } from './problems.ts';
import { overdueMs } from './verification-card.ts';

/** So long what was found is a problem of today; the counts in the table stay. */
const toldForMs = 7 * 86_400_000;
/** As the alert SessionQueueVerificationLate has it. */
const lateMs = 3_600_000;

/** Consumers whose deleted sessions Learnosity shows, each sort apart, and whose verification is late. */
export function verificationProblems({ verifications, readAt }: Overview): Record<'shown' | 'late', Problem[]> {
  const isNew = (at: number | undefined) => at !== undefined && readAt - at < toldForMs;
  return {
    shown: [
      ...verifications.filter(({ stillThereAt }) => isNew(stillThereAt)).map((one) => stillThere(one, readAt)),
      ...verifications.filter(({ reappearedAt }) => isNew(reappearedAt)).map((one) => reappeared(one, readAt)),
    ],
    late: verifications.filter((one) => overdueMs(one, readAt) > lateMs).map((one) => late(one, readAt)),
  };
}

const which =
  'The page of the request counts them, session-queue items <request> --still-there lists them; the log of the worker names it.';

function stillThere({ consumer, stillThere: sessions, stillThereAt = 0 }: VerificationFigures, now: number): Problem {
  return {
    tone: 'bad',
    title: `Learnosity still shows deleted sessions of ${consumer}`,
    detail: `They were deleted twice and are shown all the same: the last was found ${ago(now - stillThereAt)}, ${counted(sessions, 'session')} so far.`,
    remedy: `Ask its support, with the times. ${which}`,
  };
}

function reappeared({ consumer, reappeared: sessions, reappearedAt = 0 }: VerificationFigures, now: number): Problem {
  return {
    tone: 'bad',
    title: `Deleted sessions of ${consumer} are back`,
    detail: `Their deletion was verified, and Learnosity shows them again: the last was found ${ago(now - reappearedAt)}, ${counted(sessions, 'session')} so far.`,
    remedy: `Find out what brought them back, and ask for their deletion. ${which}`,
  };
}

function late(figures: VerificationFigures, now: number): Problem {
  return {
    tone: 'warn',
    title: `Verification of deletions of ${figures.consumer} is ${duration(overdueMs(figures, now))} late`,
    detail: `${counted(figures.waiting, 'deleted session')} wait to be asked for. What Learnosity cannot be asked for in time becomes unverifiable; deletions themselves go on.`,
    remedy: 'See the log of the workers: deleted sessions could not be asked for. Where none is alive, start one.',
  };
}
