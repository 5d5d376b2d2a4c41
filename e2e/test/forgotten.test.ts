import { describe, expect, test } from '@jest/globals';
import { audit } from '../src/audit/audit.ts';
import type { Evidence } from '../src/audit/evidence.ts';
import { ask, call, ids, promised, soundEvidence, time } from './evidence-of.ts';

const [first = ''] = ids;
const span = { from: time, to: time + 1_000 };
const before = time - 500;

/** One item is in two accepted calls, whose references Redis has both taken. */
function twice(firstSentAt: number, ignoring = false): Evidence {
  const sound = soundEvidence(ask({ kind: 'resubmission', ignoring, items: ids }));
  const again = time + 20_000;
  const [key = ''] = Object.keys(sound.books.perSubmission);
  const book = { calls: 2, ignoringRevisions: 0, stored: 2 };
  return {
    ...sound,
    books: { ...sound.books, perSubmission: { ...sound.books.perSubmission, [key]: book } },
    forgotten: [span],
    calls: [
      call({ endpoint: 'resubmission', items: ids, sentAt: firstSentAt }),
      call({ endpoint: 'resubmission', items: [first], sentAt: again, reference: 'reference-2' }),
    ],
    recorded: [
      { reference: 'reference-1', at: firstSentAt + 50 },
      { reference: 'reference-2', at: again + 50 },
    ],
  };
}

describe('the audit where Redis has forgotten a span of time', () => {
  test('allows as many late mirrors of batches as calls were made in it, and no more', () => {
    const sound = soundEvidence();
    const asleep = (entries: number) => [
      ...sound.keys,
      { key: '{session-queue}:deletion.batches:delayed', ttlMs: -1, entries },
    ];
    expect(audit({ ...sound, forgotten: [span], keys: asleep(1) }).findings).toEqual([]);
    expect(audit({ ...sound, forgotten: [span], keys: asleep(2) }).findings).toHaveLength(1);
    expect(audit({ ...sound, keys: asleep(1) }).findings).toHaveLength(1);
  });

  test('counts what was promised in it as forgotten, and not as lost', () => {
    const sound = soundEvidence();
    const gone = { ...sound, requests: new Map(), books: { ...sound.books, perSession: {} }, forgotten: [span] };
    expect(audit(gone)).toMatchObject({ accepted: 3, lost: 3, forgotten: 0 });
    const deliveries = [{ ...promised(ask()), outcome: 'forgotten' as const }];
    expect(audit({ ...gone, deliveries })).toMatchObject({ accepted: 0, lost: 0, forgotten: 3, findings: [] });
  });

  test('allows what was sent in it to be sent again, also what ignores revisions', () => {
    expect(audit(twice(time + 100))).toMatchObject({ twiceAllowed: 1, twiceNotAllowed: 0, findings: [] });
    expect(audit(twice(time + 100, true))).toMatchObject({ twiceAllowed: 1, twiceNotAllowed: 0, findings: [] });
  });

  test('finds what was sent and recorded before it, and sent again (invariants 5, 7)', () => {
    expect(audit(twice(before))).toMatchObject({ twiceNotAllowed: 1 });
    expect(audit(twice(before, true))).toMatchObject({ twiceNotAllowed: 1 });
  });
});
