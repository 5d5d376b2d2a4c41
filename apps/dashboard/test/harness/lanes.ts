import type { Kind } from '@session-queue/core';
import type { VerificationFigures } from '@session-queue/core/engine';
import type { Lane, Overview } from '../../src/overview/overview.ts';

/** The moment of an overview. */
export const now = Date.UTC(2026, 2, 1, 12);

/** A lane that has done nothing yet, but for what is given. */
export function lane(given: Partial<Omit<Lane, 'items'>> & { items?: Partial<Lane['items']> } = {}): Lane {
  const ended = { succeeded: 0, failed: 0, cancelled: 0 };
  return {
    consumer: 'school-a',
    kind: 'deletion',
    ended,
    today: ended,
    resent: 0,
    calls: 0,
    tooMany: 0,
    quota: { calls: 5, windowMs: 5_000 },
    slotsTaken: 0,
    openRequests: 0,
    inRotation: 0,
    atRisk: 0,
    missed: 0,
    nextDeadline: undefined,
    unapproved: 0,
    unapprovedSince: undefined,
    inWindow: 0,
    oldest: undefined,
    stop: undefined,
    rate: undefined,
    isKnown: true,
    ...given,
    items: { pending: 0, claimed: 0, submitted: 0, parked: 0, ...given.items },
  };
}

/** A consumer of which nothing was verified yet, but for what is given. */
export function verification(given: Partial<VerificationFigures> = {}): VerificationFigures {
  const asked = { looked: 0, checked: 0, verified: 0, again: 0, sampled: 0, reappeared: 0 };
  const others = { waiting: 0, stillThere: 0, unasked: 0, unseen: 0 };
  const times = { dueAt: undefined, stillThereAt: undefined, reappearedAt: undefined };
  return { consumer: 'school-a', ...asked, ...others, ...times, ...given };
}

/** How fast a lane goes, in a minute. */
export function rate(calls: number, items: number, tooMany = 0): NonNullable<Lane['rate']> {
  return { callsPerMinute: calls, itemsPerMinute: items, tooMany, tooManyOverMs: 300_000 };
}

/** An overview with one worker alive and all well, but for what is given. */
export function overview(given: Partial<Overview> = {}): Overview {
  const worker = { id: 'w', host: 'node-1', pid: 1, version: '0.1.0', node: 'v20.20.2' };
  const kindState = (kind: Kind) => ({ kind, stop: undefined, isIntakePaused: false, isSendingPaused: false });
  return {
    readAt: now,
    kinds: [kindState('deletion'), kindState('resubmission')],
    lanes: [],
    verifications: [],
    workers: [{ ...worker, startedAt: new Date(now - 60_000).toISOString(), seenAt: now, isAlive: true }],
    redis: { problems: [], unchecked: [], memoryShort: false },
    requests: [],
    minutes: [],
    ...given,
  };
}
