import { describe, expect, test } from '@jest/globals';
import { audit } from '../src/audit/audit.ts';
import type { Evidence } from '../src/audit/evidence.ts';
import { ask, call, completed, ids, promised, soundEvidence, time, withLedger } from './evidence-of.ts';

const [first = '', second = ''] = ids;
const rulesBroken = (evidence: Evidence) => audit(evidence).findings.map(({ rule }) => rule);
const whatIsFound = (evidence: Evidence) => audit(evidence).findings.map(({ what }) => what);

/** The sound evidence, with another book of one session. */
function withSession(id: string, book: { calls: number; deletedAt: number | null }, of = ask()): Evidence {
  const sound = soundEvidence(of);
  return { ...sound, books: { ...sound.books, perSession: { ...sound.books.perSession, [id]: book } } };
}

describe('the audit of items', () => {
  test('finds nothing in a run where all went as it should', () => {
    expect(audit(soundEvidence())).toMatchObject({ accepted: 3, lost: 0, twiceAllowed: 0, own429: 0, findings: [] });
    expect(audit(soundEvidence(ask({ kind: 'resubmission', items: ['AAAA', 'BBBB'] }))).findings).toEqual([]);
  });

  test('finds an item that is said to have succeeded and was never sent (invariant 8)', () => {
    const sound = soundEvidence();
    const { [first]: _lost, ...perSession } = sound.books.perSession;
    const verdict = audit({ ...sound, books: { ...sound.books, perSession } });
    expect(verdict.lost).toBe(1);
    expect(verdict.findings[0]?.what).toContain('1 items are said to have succeeded');
  });

  test('finds an item that was sent in a call whose job never completed', () => {
    expect(audit(withSession(first, { calls: 1, deletedAt: null })).lost).toBe(1);
  });

  test('finds a promised request that nobody knows of', () => {
    const sound = soundEvidence();
    const books = { ...sound.books, perSession: {} };
    expect(audit({ ...sound, books, requests: new Map() }).lost).toBe(3);
  });

  test('finds a request that is not at its end, and counts that do not add up (invariant 6)', () => {
    const { view, ...lists } = completed(ask());
    const counts = { ...view.counts, succeeded: 1, submitted: 1 };
    const requests = new Map([['ask-1', { ...lists, view: { ...view, state: 'processing' as const, counts } }]]);
    const { [first]: _open, ...perSession } = soundEvidence().books.perSession;
    const evidence = { ...soundEvidence(), requests, books: { ...soundEvidence().books, perSession } };
    const found = whatIsFound(evidence);
    expect(audit(evidence)).toMatchObject({ lost: 0, unfinished: 1 });
    expect(found.join()).toContain('its counts do not add up');
    expect(found.join()).toContain('it is not at its end');
  });

  test('finds a session of which the index says what its request does not, or nothing', () => {
    const { view } = completed(ask());
    const { id, kind, consumer, createdAt } = view;
    const said = (outcome: 'succeeded' | 'waiting') => [{ id, kind, consumer, createdAt, state: view.state, outcome }];
    const found = (sessions: Evidence['sessions']) => whatIsFound({ ...soundEvidence(), sessions });
    expect(found(new Map([[first, said('succeeded')]]))).toEqual([]);
    expect(found(new Map([[first, said('waiting')]]))).toEqual(['1 items are waiting, and succeeded by their request']);
    expect(found(new Map([[first, []]]))).toEqual(['1 items are not found, and succeeded by their request']);
  });

  test('finds an item that failed although nothing was wrong with it, and a bad one that did not', () => {
    const { view, parked } = completed(ask());
    const counts = { ...view.counts, succeeded: 2, failed: 1 };
    const failedOne = { view: { ...view, state: 'failed' as const, counts }, failed: [first], parked };
    expect(whatIsFound({ ...soundEvidence(), requests: new Map([['ask-1', failedOne]]) }).join()).toContain(
      'nothing was wrong',
    );
    expect(whatIsFound(soundEvidence(ask({ bad: new Set([first]) }))).join()).toContain('are bad');
  });

  test('finds items that were refused and sent, and sessions that nobody asked for', () => {
    const sound = soundEvidence();
    const deliveries = [{ ...promised(ask()), outcome: 'refused' as const }];
    expect(whatIsFound({ ...sound, deliveries }).join()).toContain('were refused, and were sent');
    expect(whatIsFound(withSession('stranger', { calls: 1, deletedAt: time })).join()).toContain('nobody asked for');
  });

  test('does not hold it against a request that its parked items wait for a person', () => {
    const of = ask({ kind: 'resubmission', ignoring: true, items: ['AAAA', 'BBBB'] });
    const sound = soundEvidence(of);
    const { view, failed } = completed(of);
    const counts = { ...view.counts, succeeded: 1, parked: 1 };
    const requests = new Map([
      ['ask-1', { view: { ...view, state: 'processing' as const, counts }, failed, parked: ['AAAA'] }],
    ]);
    const keys = [...sound.keys, { key: 'session-queue:{default}:open', ttlMs: -1, entries: 1 }];
    expect(audit({ ...sound, requests, keys })).toMatchObject({ parked: 1, lost: 0, findings: [] });
  });
});

describe('the audit of what was sent twice', () => {
  const twice = (of = ask(), told = 1): Evidence => ({
    ...withSession(first, { calls: 2, deletedAt: time }, of),
    requests: new Map([[of.name, completed(of, told)]]),
    calls: [
      call({ items: ids, sentAt: time }),
      call({ items: [first], sentAt: time + 20_000, reference: 'reference-2' }),
    ],
  });

  test('allows it where no reference was recorded before (invariant 7)', () => {
    expect(audit({ ...twice(), recorded: [{ reference: 'reference-2', at: time + 20_100 }] })).toMatchObject({
      twiceAllowed: 1,
      twiceNotAllowed: 0,
      findings: [],
    });
  });

  test('finds it where the reference was recorded (invariant 5)', () => {
    const verdict = audit(twice());
    expect(verdict).toMatchObject({ twiceAllowed: 0, twiceNotAllowed: 1 });
    expect(verdict.findings[0]?.what).toContain('although their job reference was recorded');
  });

  test('allows it after a job that halted', () => {
    const sound = twice();
    const perJob = sound.books.perJob.map((job) => ({ ...job, state: 'halted' as const }));
    expect(audit({ ...sound, books: { ...sound.books, perJob } }).twiceNotAllowed).toBe(0);
  });

  test('finds it where its request does not tell', () => {
    const untold = { ...twice(ask(), 0), recorded: [] };
    expect(whatIsFound(untold)).toEqual(['1 items of ask-1 were sent twice, it tells of 0']);
  });

  test('finds it wherever the items ignore revisions', () => {
    expect(audit({ ...twice(ask({ ignoring: true })), recorded: [] }).twiceNotAllowed).toBe(1);
  });
});

describe('the audit of the quota', () => {
  test('finds an answer of 429, unless another user of the key has caused it', () => {
    const evidence = withLedger(soundEvidence(), { refused429: 2 });
    expect(audit(evidence)).toMatchObject({ own429: 2 });
    expect(rulesBroken(evidence)).toHaveLength(1);
    expect(audit({ ...evidence, foreign429: 2 })).toMatchObject({ own429: 0, foreign429: 2, findings: [] });
  });

  test('finds six calls in a window of five (invariant 3)', () => {
    const evidence = withLedger(soundEvidence(), { mostInWindow: { received: 6, counted: 5, refused429: 0 } });
    expect(audit(evidence).fullest).toBe('6 of 5');
    expect(rulesBroken(evidence).join()).toContain('invariant 3');
  });

  test('finds calls that Learnosity could make nothing of', () => {
    const sound = soundEvidence();
    const strays = { received: 1, refused: { 41003: 1 }, broken: 0 };
    expect(rulesBroken({ ...sound, books: { ...sound.books, strays } })).toEqual(['calls are what they say']);
  });
});

describe('the audit of what is left behind', () => {
  test.each([
    ['an open batch', 'session-queue:{default}:leases'],
    ['a reference to poll', 'session-queue:{default}:due'],
    ['a batch in line', 'session-queue:{default}:deletion:ready'],
    ['a request in rotation', 'session-queue:{default}:resubmission:rotation:ignoring'],
    ['an open request', 'session-queue:{default}:open'],
    ['an unfinished mirror', 'session-queue:{default}:finish'],
    ['a job that still waits', '{session-queue}:deletion.requests:wait'],
    ['a job that still sleeps', '{session-queue}:deletion.batches:delayed'],
    ['a record that never goes', 'session-queue:{default}:batch:b-1'],
    ['an index entry that never goes', 'session-queue:index:ask-1'],
    ['a key that nobody knows', 'session-queue:surprise'],
  ])('finds %s', (_what, key) => {
    const sound = soundEvidence();
    expect(audit({ ...sound, keys: [...sound.keys, { key, ttlMs: -1, entries: 1 }] }).findings).not.toEqual([]);
  });

  test('finds an id or a secret in any line of any process, whatever it was written for (invariant 9)', () => {
    const sound = soundEvidence();
    for (const text of [`deleting ${second}`, 'Bearer planted-secret-token']) {
      expect(rulesBroken({ ...sound, lines: [...sound.lines, { who: 'producer', text }] }).join()).toContain(
        'invariant 9',
      );
    }
  });

  test("finds an item that is left in a job of BullMQ's (invariant 9)", () => {
    const keysWithItems = ['{session-queue}:deletion.requests:1'];
    expect(rulesBroken({ ...soundEvidence(), keysWithItems }).join()).toContain('invariant 9');
  });

  test('finds a process that ended by itself, and one that stopped consuming', () => {
    const sound = soundEvidence();
    const processes = [
      { name: 'worker-1', endedByItself: 'exit code 1', deafTo: [] },
      { name: 'worker-2', endedByItself: undefined, deafTo: ['its lanes'] },
    ];
    expect(whatIsFound({ ...sound, processes, objections: ['too slow'] })).toEqual([
      'worker-1: exit code 1',
      'worker-2 no longer hears its lanes',
      'too slow',
    ]);
  });
});

describe('the audit of recovery', () => {
  const fault = { what: 'a cut', beganAt: time, endedAt: time + 5_000 };
  /** Calls at the normal rate from here on. */
  const callsFrom = (from: number) =>
    Array.from({ length: 10 }, (_, i) => call({ items: i === 0 ? ids : [], sentAt: from + i * 200 }));

  test('counts from the end of the fault to the first window at the normal rate', () => {
    const lone = call({ sentAt: fault.endedAt + 100 });
    const evidence = { ...soundEvidence(), faults: [fault], calls: [lone, ...callsFrom(fault.endedAt + 9_000)] };
    expect(audit(evidence)).toMatchObject({ recoveryMs: 9_000, findings: [] });
  });

  test('finds a lane that takes longer than a lease and 5 s, and one that never comes back', () => {
    const late = { ...soundEvidence(), faults: [fault], calls: callsFrom(fault.endedAt + 19_500) };
    expect(whatIsFound(late).join()).toContain('came back after 19.5 s');
    const never = { ...soundEvidence(), faults: [fault], calls: [call({ items: ids, sentAt: fault.endedAt + 100 })] };
    expect(whatIsFound(never).join()).toContain('never came back');
  });
});
