import { describe, expect, test } from '@jest/globals';
import { audit } from '../src/audit/audit.ts';
import type { Evidence } from '../src/audit/evidence.ts';
import { ask, call, completed, ids, lane, promised, soundEvidence, time, withLedger } from './evidence-of.ts';

const [first = ''] = ids;
const whatIsFound = (evidence: Evidence) => audit(evidence).findings.map(({ what }) => what);

describe("the audit of another program's calls", () => {
  const foreign = { consumerKey: 'key-of-default', endpoint: 'deletion', answeredAt: time + 60 } as const;
  /** One of our calls and one of theirs were answered 429. */
  const shared: Evidence = {
    ...withLedger(soundEvidence(), {
      refused429: 2,
      mostInWindow: { received: 9, counted: 5, refused429: 2 },
    }),
    foreignCalls: [
      { ...foreign, sentAt: time + 10, wasRefused: false },
      { ...foreign, sentAt: time + 20, wasRefused: true },
    ],
  };
  const ours = [...shared.calls, call({ items: [], sentAt: time + 100, status: 429, reference: undefined })];

  test('tells the 429s that it has caused from those that it was given', () => {
    expect(audit({ ...shared, calls: ours })).toMatchObject({ own429: 0, foreign429: 1, findings: [] });
  });

  test('finds a 429 that came when none of its calls was in the window', () => {
    const late = [...shared.calls, call({ items: [], sentAt: time + 5_000, status: 429, reference: undefined })];
    expect(audit({ ...shared, calls: late })).toMatchObject({ own429: 1, foreign429: 0 });
  });

  test('finds too many calls of ours beside its own (invariant 3)', () => {
    const six = Array.from({ length: 6 }, (_, i) => call({ items: [], sentAt: time + 100 + i }));
    expect(whatIsFound({ ...shared, calls: [...ours, ...six] }).join()).toContain('allowed are 5');
  });
});

describe('the audit of jobs that do not complete', () => {
  /** A run in which the first item was in so many jobs that halted, and was then reported so. */
  function haltedTimes(times: number, said: 'failed' | 'parked' | 'succeeded', of = ask()): Evidence {
    const sound = soundEvidence(of);
    const [item = ''] = of.items;
    const references = Array.from({ length: times }, (_, i) => `halted-${i}`);
    const job = sound.books.perJob[0];
    if (job === undefined) throw new Error('the books have one job');
    const { view } = completed(of, 1);
    const reported = said === 'succeeded' ? 0 : 1;
    const counts = { ...view.counts, succeeded: view.counts.total - reported, ...(reported && { [said]: 1 }) };
    const lists = { failed: said === 'failed' ? [item] : [], parked: said === 'parked' ? [item] : [] };
    const { parked, succeeded, failed, cancelled } = counts;
    const items = { pending: 0, claimed: 0, submitted: 0, parked };
    return {
      ...sound,
      lanes: [lane('deletion', { items, ended: { succeeded, failed, cancelled } }, parked > 0 ? [counts] : [])],
      requests: new Map([['ask-1', { view: { ...view, state: 'failed' as const, counts }, ...lists }]]),
      books: {
        ...sound.books,
        perSession: { ...sound.books.perSession, [item]: { calls: times, deletedAt: null } },
        perJob: [
          ...sound.books.perJob,
          ...references.map((reference) => ({ ...job, reference, state: 'halted' as const })),
        ],
      },
      calls: references.map((reference, i) => call({ items: i === 0 ? ids : [item], sentAt: time + i, reference })),
    };
  }

  test('has nothing against an item that failed after five halts', () => {
    expect(audit(haltedTimes(5, 'failed'))).toMatchObject({ failed: 1, lost: 0, twiceNotAllowed: 0, findings: [] });
  });

  test('finds one that failed before, one that was sent once more, and one that is said to have succeeded', () => {
    expect(whatIsFound(haltedTimes(4, 'failed')).join()).toContain('nothing was wrong');
    expect(whatIsFound(haltedTimes(6, 'failed')).join()).toContain('sent again after');
    expect(whatIsFound(haltedTimes(5, 'succeeded')).join()).toContain('are not said to have failed');
  });

  test('finds a parked item that does not ignore revisions (invariant 7)', () => {
    expect(whatIsFound(haltedTimes(1, 'parked')).join()).toContain('do not ignore revisions');
  });

  test('allows an item to be sent again a day after its reference was recorded (invariant 5)', () => {
    const sound = soundEvidence();
    const evidence: Evidence = {
      ...sound,
      books: {
        ...sound.books,
        perSession: { ...sound.books.perSession, [first]: { calls: 2, deletedAt: time } },
      },
      calls: [...sound.calls, call({ items: [first], sentAt: time + 20_000, reference: 'reference-2' })],
    };
    expect(audit(evidence).twiceNotAllowed).toBe(1);
    expect(audit({ ...evidence, agedReferences: new Set(['reference-1']) })).toMatchObject({
      twiceAllowed: 1,
      twiceNotAllowed: 0,
    });
  });
});

describe('the audit of requests that nobody was promised', () => {
  test('finds one of which a part was sent (invariant 1)', () => {
    const sound = soundEvidence();
    const deliveries = [{ ...promised(ask()), outcome: 'unknown' as const, request: undefined }];
    expect(audit({ ...sound, deliveries, requests: new Map() }).findings).toEqual([]);
    const { [first]: _unsent, ...perSession } = sound.books.perSession;
    const half = { ...sound, deliveries, requests: new Map(), books: { ...sound.books, perSession } };
    expect(whatIsFound(half).join()).toContain('2 of 3 items were sent');
  });
});

describe('the audit of figures', () => {
  const found = (...lanes: Evidence['lanes']) => audit({ ...soundEvidence(), lanes }).findings.map(({ what }) => what);
  const waiting = { ...completed(ask()).view.counts, total: 3, pending: 2, succeeded: 1 };

  test('takes a lane whose figures are the sums of its requests', () => {
    expect(found(lane('deletion', { items: { pending: 2, claimed: 0, submitted: 0, parked: 0 } }, [waiting]))).toEqual(
      [],
    );
  });

  test('finds items that are counted and in no request, and the other way round', () => {
    const items = { pending: 5, claimed: 0, submitted: 0, parked: 0 };
    expect(found(lane('deletion', { items }))).toEqual([
      'default, deletion: 5 items are counted as pending, and requests have 0',
    ]);
    expect(found(lane('deletion', {}, [waiting]))).toEqual([
      'default, deletion: 0 items are counted as pending, and requests have 2',
    ]);
  });

  test('finds open requests that are not counted', () => {
    const none = { ...waiting, pending: 0 };
    expect(found(lane('deletion', { openRequests: 0 }, [none]))).toEqual([
      'default, deletion: 0 requests of 1 open ones',
    ]);
  });

  test('finds items that ended and were not counted', () => {
    const ended = { succeeded: 2, failed: 0, cancelled: 0 };
    expect(found(lane('deletion', { ended }))).toEqual([
      'default, deletion: 2 items are counted as succeeded, and requests have 3',
    ]);
  });
});
