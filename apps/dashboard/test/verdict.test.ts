import { describe, expect, it } from '@jest/globals';
import { timeLeftOf, timeLeftOfRequest } from '../src/overview/time-left.ts';
import { verdictOn } from '../src/overview/verdict.ts';
import { lane, overview, rate } from './harness/lanes.ts';
import { requestView } from './harness/request-views.ts';

const stop = { code: '41003', message: 'wrong secret', since: '2026-03-01T09:00:00.000Z' };

/** The verdict as a sentence. */
function told(given: Parameters<typeof overview>[0]): string {
  const { tone, word, rest } = verdictOn(overview(given));
  return `${tone}: ${word}: ${rest}`;
}

describe('The verdict', () => {
  it('says how fast it works, how far it is and until when', () => {
    const lanes = [
      lane({ items: { pending: 84_000, submitted: 200 }, rate: rate(11.8, 560) }),
      lane({ kind: 'resubmission', items: { pending: 50 }, rate: rate(0.5, 10) }),
    ];
    expect(told({ lanes })).toBe(
      'good: Working: 12 calls a minute, 84,250 items to go, done by 14:30 UTC (in 2 hours)',
    );
  });

  it('says that nothing is sent without a worker, whatever there is to do', () => {
    expect(told({ workers: [] })).toBe('bad: No worker is alive: nothing is sent; nothing waits');
    const lanes = [lane({ items: { pending: 1 }, rate: rate(5, 5) })];
    expect(told({ workers: [], lanes })).toBe('bad: No worker is alive: nothing is sent; 1 item to go');
  });

  it('says why all stands still: a lane, a kind, a paused queue, a consumer that no worker knows, or Redis', () => {
    const open = lane({ items: { pending: 7 } });
    const [deletion, resubmission] = overview().kinds;
    if (deletion === undefined || resubmission === undefined) throw new Error('two kinds');
    const why = { reason: 'x', since: stop.since };
    expect(told({ lanes: [{ ...open, stop }] })).toBe(
      'bad: Stopped: the lane of deletions of school-a is stopped (wrong secret); 7 items to go',
    );
    expect(told({ lanes: [open], kinds: [{ ...deletion, stop: why }] })).toContain(
      'Stopped: every deletion is stopped',
    );
    expect(told({ lanes: [open], kinds: [{ ...resubmission, stop: why }] })).toContain('good: Working');
    expect(told({ lanes: [open], kinds: [{ ...deletion, isSendingPaused: true }] })).toContain(
      'Stopped: sending of deletions',
    );
    expect(told({ lanes: [{ ...open, isKnown: false }] })).toContain('Stopped: no worker that is alive knows');
    const problems = [{ code: 'not_writable' as const, message: 'no' }];
    expect(told({ lanes: [open], redis: { problems, unchecked: [], memoryShort: false } })).toContain(
      'bad: Stopped: Redis',
    );
  });

  it('tells of lanes that stand still while others work', () => {
    const lanes = [
      lane({ items: { pending: 60 }, rate: rate(1, 60) }),
      lane({ consumer: 'b', items: { pending: 7 }, stop }),
    ];
    expect(told({ lanes })).toBe(
      'warn: Working: 1 call a minute, 60 items to go, done by 12:01 UTC (in 1 minute); 1 lane stands still',
    );
  });

  it('does not make up an end that nobody can tell', () => {
    expect(told({ lanes: [lane({ items: { pending: 60 } })] })).toContain('how long that takes is not known yet');
    expect(told({ lanes: [lane({ items: { pending: 60 }, rate: rate(2, 0) })] })).toContain('time left unknown');
    expect(told({ lanes: [lane({ items: { pending: 60 }, rate: rate(0, 0) })] })).toContain(
      'warn: Waiting: 60 items to go',
    );
  });

  it('says what is waited for where nothing is sent', () => {
    const still = { items: { pending: 100 }, openRequests: 5, rate: rate(0, 0) };
    const lanes = [lane({ ...still, unapproved: 2, inWindow: 1 })];
    expect(told({ lanes: [lane(still)] })).toBe(
      'warn: Waiting: 100 items to go, and none was sent lately: held, put off, or tried again later after a fault',
    );
    const requests = [
      requestView({ id: 'a', state: 'waiting' }),
      requestView({ id: 'b', state: 'accepted', startsAt: '2026-03-01T13:00:00.000Z' }),
      requestView({ id: 'c', state: 'accepted', notBefore: '2026-03-01T13:00:00.000Z' }),
      requestView({ id: 'd', state: 'accepted', notBefore: '2026-03-01T11:00:00.000Z' }),
      requestView({ id: 'e', state: 'held' }),
    ];
    expect(told({ lanes, requests })).toBe(
      'warn: Waiting: 100 items to go, and none was sent lately: 2 requests wait for approval, 1 request waits for the end of its hold window, of the latest, 1 request waits for the time it may begin and 1 request is held',
    );
  });

  it('says at once, and not only after minutes, that all waits for approval or in a hold window', () => {
    const kept = { items: { pending: 100 }, openRequests: 3 };
    expect(told({ lanes: [lane({ ...kept, unapproved: 3 })] })).toBe(
      'warn: Waiting: 100 items to go, and none is sent: 3 requests wait for approval',
    );
    expect(told({ lanes: [lane({ ...kept, unapproved: 1, inWindow: 1 })] })).toContain('not known yet');
    const sent = lane({ ...kept, items: { pending: 99, submitted: 1 }, unapproved: 3 });
    expect(told({ lanes: [sent] })).toContain('not known yet');
  });

  it('says that what has reached its daily cap waits, and is not stopped', () => {
    const capped = {
      code: 'daily cap',
      message: 'the limit is reached',
      since: stop.since,
      until: '2026-03-02T00:00:00.000Z',
    };
    const open = lane({ items: { pending: 7 }, stop: capped });
    expect(told({ lanes: [open] })).toBe(
      'warn: Waiting: the lane of deletions of school-a waits until 2026-03-02 00:00:00 UTC (the limit is reached); 7 items to go',
    );
    expect(told({ lanes: [open, lane({ consumer: 'b', items: { pending: 1 }, stop })] })).toContain('bad: Stopped');
    const kinds = overview().kinds.map((kind) => ({ ...kind, isSendingPaused: true }));
    expect(told({ lanes: [open], kinds })).toContain('bad: Stopped');
  });

  it('says that there is nothing to do, or that a person is waited for', () => {
    expect(told({ lanes: [lane()] })).toBe('calm: Nothing to do: all that was asked for is done');
    const today = { succeeded: 90, failed: 4, cancelled: 0 };
    expect(told({ lanes: [lane({ today })] })).toBe('calm: Nothing to do: all has ended; 4 items failed today');
    expect(told({ lanes: [lane({ items: { parked: 1 } })] })).toBe('warn: Waiting: 1 parked item waits for a person');
  });
});

describe('The time left', () => {
  it('is that of the real speed, and never of more than the quota lets through', () => {
    expect(timeLeftOf(lane({ items: { pending: 600 }, rate: rate(10, 300) }))).toBe(120_000);
    // 5 calls in 5 s are 60 calls and 3,000 items a minute.
    expect(timeLeftOf(lane({ items: { pending: 6_000 }, rate: rate(1_000, 50_000) }))).toBe(120_000);
    expect(timeLeftOf(lane({ items: { pending: 600 }, rate: rate(10, 300), stop }))).toBeUndefined();
    expect(timeLeftOf(lane({ items: { pending: 600 } }))).toBeUndefined();
  });

  it('of a request is that of its equal share, and never longer than the lane takes', () => {
    const busy = lane({ items: { pending: 6_000 }, rate: rate(10, 300), openRequests: 4 });
    expect(timeLeftOfRequest(300, busy)).toBe(4 * 60_000);
    expect(timeLeftOfRequest(5_000, busy)).toBe(20 * 60_000);
  });
});
