import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readLaneFigures } from '../../src/figures/lane-figures.ts';
import { readBatch } from '../../src/lanes/batch.ts';
import { firstDeadline, judgeDeadlines } from '../../src/lanes/deadlines.ts';
import { laneKey, requestKey } from '../../src/lanes/keys.ts';
import { survey } from '../../src/lanes/survey.ts';
import { cancelRequest, openRequest, redriveItems, setHeld } from '../../src/requests/control.ts';
import type { Kind, RequestNotes } from '../../src/requests/request.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { readRequest } from '../../src/requests/view.ts';
import { ids, Lab, quotas } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const fast = { calls: 1_000, windowMs: 1 };

/** A request that is due so long from now. */
async function request(
  id: string,
  n: number,
  dueInMs: number,
  how: RequestNotes & { ignoring?: boolean; kind?: Kind } = {},
) {
  const { ignoring = false, kind = 'deletion', ...notes } = how;
  const items = kind === 'deletion' ? ids(n, from) : texts(n, from);
  from += n;
  const deadline = new Date(Date.now() + dueInMs).toISOString();
  await storeRequest(lab.keys, { id, kind, ignoring, items, notes: { deadline, ...notes } });
  await openRequest(lab.keys, id);
}
let from = 0;

function texts(n: number, first: number): string[] {
  return Array.from({ length: n }, (_, i) => Buffer.from(`submission ${first + i}`).toString('base64'));
}

async function judge(kind: Kind = 'deletion', quota = quotas.deletion) {
  return await judgeDeadlines(lab.keys, kind, firstDeadline, quota);
}

/** Lets a request have been accepted before. */
async function age(id: string, ms: number): Promise<void> {
  await lab.redis.hincrby(requestKey(lab.keys, id), 'createdAt', -ms);
}

let batches = 0;
async function nextShares(kind: Kind = 'deletion'): Promise<Record<string, number>> {
  batches += 1;
  const claim = await lab.claim(lab.lane(kind, { quota: fast }), `d${batches}`);
  const batch = await readBatch(lab.keys, claim.batch);
  return Object.fromEntries((batch?.shares ?? []).map(({ request: id, items }) => [id, items]));
}

async function marksOf(id: string) {
  const view = await readRequest(lab.keys, id);
  return { atRisk: view?.atRisk !== undefined, missed: view?.missed !== undefined };
}

async function figures() {
  const { atRisk, missed, nextDeadline } = (await readLaneFigures(lab.redis, 'test', lab.keys.consumer)).deletion;
  return { atRisk, missed, nextDeadline };
}

describe('a deadline', () => {
  test('counts from the seal where only a term was given, and not at all for resubmissions', async () => {
    const made = await storeRequest(lab.keys, {
      id: 'd',
      kind: 'deletion',
      ignoring: false,
      items: ids(1),
      termMs: dayMs,
    });
    const view = await readRequest(lab.keys, 'd');
    expect(Date.parse(view?.deadline ?? '') - Date.parse(view?.createdAt ?? '')).toBe(dayMs);
    expect(made?.deadline).toBe(view?.deadline);
    await storeRequest(lab.keys, { id: 'r', kind: 'resubmission', ignoring: false, items: texts(1, 0), termMs: dayMs });
    expect(await readRequest(lab.keys, 'r')).not.toHaveProperty('deadline');
    await storeRequest(lab.keys, { id: 'none', kind: 'deletion', ignoring: false, items: ids(1), termMs: null });
    expect(await readRequest(lab.keys, 'none')).not.toHaveProperty('deadline');
  });

  test('of a large request counts from its seal, and not from its first chunk', async () => {
    let begunAt = 0;
    async function* slowly() {
      yield ids(1_500);
      await lab.redis.hincrby(requestKey(lab.keys, 'large'), 'createdAt', -minuteMs).catch(() => 0);
      begunAt = Date.now();
      yield ids(1_500, 1_500);
    }
    await storeRequest(lab.keys, { id: 'large', kind: 'deletion', ignoring: false, items: slowly(), termMs: dayMs });
    const view = await readRequest(lab.keys, 'large');
    expect(Date.parse(view?.deadline ?? '')).toBeGreaterThanOrEqual(begunAt + dayMs);
    expect(await lab.redis.hexists(requestKey(lab.keys, 'large'), 'deadlineIn')).toBe(0);
  });

  test('stands as it was asked for, and puts a term out', async () => {
    const deadline = '2031-01-31T08:00:00.000Z';
    const notes = { deadline: '2031-01-31T09:00:00+01:00' };
    await storeRequest(lab.keys, { id: 'd', kind: 'deletion', ignoring: false, items: ids(1), notes, termMs: dayMs });
    expect(await readRequest(lab.keys, 'd')).toMatchObject({ deadline });
    expect((await figures()).nextDeadline).toBe(Date.parse(deadline));
  });
});

describe('a request is at risk', () => {
  test('when what is before it and of it takes longer at the whole quota than is left, less a tenth of its term', async () => {
    // 10 minutes less one are 540 s: at 5 calls in 5 s 27,000 items. 60 calls of them are before it.
    await request('first', 3_000, 9 * minuteMs);
    await request('fits', 23_900, 10 * minuteMs);
    expect(await judge()).toMatchObject({ atRisk: 0 });
    await request('too-many', 200, 10 * minuteMs + 1);
    expect(await judge()).toMatchObject({ atRisk: 1, missed: 0 });
    expect(await marksOf('fits')).toEqual({ atRisk: false, missed: false });
    expect(await marksOf('too-many')).toEqual({ atRisk: true, missed: false });
    expect(await judge()).toMatchObject({ atRisk: 0, missed: 0 });
    expect(await figures()).toMatchObject({ atRisk: 1, missed: 0 });
  });

  test('within three days of its deadline, or a tenth of its term', async () => {
    await request('long', 1, 4 * dayMs);
    await request('short', 1, 2 * dayMs);
    expect((await judge()).atRisk).toBe(0);
    await age('long', 60 * dayMs);
    await age('short', 8 * dayMs);
    expect((await judge()).atRisk).toBe(0);
    await age('short', 11 * dayMs);
    expect((await judge()).atRisk).toBe(1);
    expect(await marksOf('short')).toMatchObject({ atRisk: true });
  });

  test('when it is put off for too long', async () => {
    const notBefore = new Date(Date.now() + 55 * minuteMs).toISOString();
    await request('put-off', 1, 60 * minuteMs, { notBefore });
    expect((await judge()).atRisk).toBe(1);
  });

  test('when its hold window ends too late', async () => {
    await request('in-window', 1, 60 * minuteMs);
    expect((await judge()).atRisk).toBe(0);
    await lab.redis.hset(requestKey(lab.keys, 'in-window'), 'startsAt', Date.now() + 55 * minuteMs);
    expect((await judge()).atRisk).toBe(1);
  });

  test('and no longer once less is before it', async () => {
    await request('before', 30_000, 9 * minuteMs);
    await request('behind', 1, 10 * minuteMs);
    expect((await judge()).atRisk).toBe(2);
    await cancelRequest(lab.keys, 'before', minuteMs);
    expect(await judge()).toMatchObject({ atRisk: 0 });
    expect(await marksOf('behind')).toEqual({ atRisk: false, missed: false });
    expect(await figures()).toMatchObject({ atRisk: 0 });
  });

  test('a slice after the other, with what is to be sent of those before', async () => {
    for (let n = 0; n < 501; n += 1) await request(`r${n}`, 60, 10 * minuteMs + n);
    const first = await judge();
    expect(first.next).toEqual({ rank: 500, itemsBefore: 30_000 });
    const second = await judgeDeadlines(lab.keys, 'deletion', first.next, quotas.deletion);
    expect([second.next, second.atRisk]).toEqual([firstDeadline, 1]);
  });
});

describe('a deadline is missed', () => {
  test('by a request that is open behind it, and that stays with it to its end', async () => {
    await request('late', 1, -minuteMs);
    await request('in-time', 1, dayMs);
    expect(await judge()).toMatchObject({ atRisk: 1, missed: 1 });
    expect(await figures()).toMatchObject({ atRisk: 0, missed: 1 });
    await cancelRequest(lab.keys, 'late', minuteMs);
    await cancelRequest(lab.keys, 'in-time', minuteMs);
    expect(await marksOf('late')).toEqual({ atRisk: false, missed: true });
    expect(await marksOf('in-time')).toEqual({ atRisk: false, missed: false });
    expect(await figures()).toEqual({ atRisk: 0, missed: 0, nextDeadline: undefined });
  });

  test('by one that ends behind it before anybody has judged', async () => {
    await request('late', 1, -minuteMs);
    await cancelRequest(lab.keys, 'late', minuteMs);
    expect(await marksOf('late')).toMatchObject({ missed: true });
  });

  test('by a request that is opened again', async () => {
    await request('again', 1, -minuteMs);
    const lane = lab.lane('deletion', { quota: fast });
    const claim = await lab.claim(lane, 'again-1');
    await lane.resolve(claim.batch, { claims: claim.claims }, { outcomes: ['failed'], code: 'x', message: 'y' });
    expect(await figures()).toMatchObject({ missed: 0 });
    await redriveItems(lab.keys, 'again', { from: 'failed', action: 'resend', items: 1, retentionMs: minuteMs });
    expect(await figures()).toMatchObject({ missed: 1 });
  });
});

describe('requests at risk', () => {
  test('go before more urgent ones, the earliest deadline first', async () => {
    await request('high', 100, dayMs, { priority: 'high' });
    await request('later', 60, -minuteMs, { priority: 'low' });
    await request('sooner', 60, -2 * minuteMs, { priority: 'low' });
    await judge();
    expect(await nextShares()).toEqual({ sooner: 50 });
    expect(await nextShares()).toEqual({ sooner: 10, later: 40 });
    expect(await nextShares()).toEqual({ later: 20, high: 30 });
    expect(await nextShares()).toEqual({ high: 50 });
  });

  test('do not starve the others: every eighth batch goes as it would without them', async () => {
    await request('at-risk', 2_000, -minuteMs, { priority: 'high' });
    await request('low', 200, dayMs, { priority: 'low' });
    await judge();
    const firsts: string[] = [];
    for (let n = 0; n < 16; n += 1) firsts.push(...Object.keys(await nextShares()));
    expect(firsts.flatMap((id, index) => (id === 'low' ? [index + 1] : []))).toEqual([8, 16]);
  });

  test('share a batch with others of their rotation, each once', async () => {
    await request('at-risk', 20, -minuteMs);
    await request('a', 20, dayMs);
    await request('b', 20, dayMs);
    await judge();
    expect(await nextShares()).toEqual({ 'at-risk': 20, a: 15, b: 15 });
    expect(await nextShares()).toEqual({ a: 5, b: 5 });
    expect(await lab.redis.exists(laneKey(lab.keys, 'deletion').replace(/lane$/, 'rotation'))).toBe(0);
  });

  test('wait while they are held, and go first again once they are released and judged', async () => {
    await request('at-risk', 100, -minuteMs, { priority: 'low' });
    await request('high', 100, dayMs, { priority: 'high' });
    await judge();
    await setHeld(lab.keys, 'at-risk', 'hold');
    expect(await nextShares()).toEqual({ high: 50 });
    await setHeld(lab.keys, 'at-risk', 'release');
    await judge();
    expect(await nextShares()).toEqual({ 'at-risk': 50 });
    expect(await figures()).toMatchObject({ missed: 1 });
  });

  test('that ignore revisions go before others, and share no batch', async () => {
    await request('plain', 10, dayMs, { kind: 'resubmission', priority: 'high' });
    await request('ignoring', 10, -minuteMs, { kind: 'resubmission', ignoring: true });
    await judge('resubmission', quotas.resubmission);
    expect(await nextShares('resubmission')).toEqual({ ignoring: 10 });
    expect(await nextShares('resubmission')).toEqual({ plain: 10 });
  });

  test('close a batch that their submissions fill, and leave no item behind', async () => {
    const large = (n: number) => Buffer.alloc(1_500_000, n).toString('base64').slice(0, 1_999_996);
    const notes = { deadline: new Date(Date.now() - minuteMs).toISOString() };
    const items = [large(1), large(2), large(3)];
    await storeRequest(lab.keys, { id: 'large', kind: 'resubmission', ignoring: false, items, notes });
    await openRequest(lab.keys, 'large');
    await request('small', 2, dayMs, { kind: 'resubmission' });
    await judge('resubmission', quotas.resubmission);
    const taken: Record<string, number>[] = [];
    for (let n = 0; n < 3 && (await lab.redis.exists(`${requestKey(lab.keys, 'small')}:items`)) > 0; n += 1)
      taken.push(await nextShares('resubmission'));
    const sum = (id: string) => taken.reduce((total, shares) => total + (shares[id] ?? 0), 0);
    expect([sum('large'), sum('small')]).toEqual([3, 2]);
    expect(taken[0]).not.toHaveProperty('small');
  });
});

describe('replicas that know no deadlines', () => {
  async function look() {
    const cursors = { requests: '0', batches: '0' };
    const limits = { most: 50, abandonedAfterMs: minuteMs, mirrorGraceMs: 0, cursors, quotas };
    return await survey(lab.keys, { ...limits, countedSince: 1 });
  }

  test('leave requests that ended among the deadlines, which are taken out', async () => {
    await request('ended', 1, -minuteMs);
    await judge();
    await cancelRequest(lab.keys, 'ended', minuteMs);
    await lab.redis.del(`${lab.keys.base}finish`);
    await lab.redis.zadd(`${lab.keys.base}deletion:deadlines`, 1, 'ended', 2, 'unknown');
    await lab.redis.zadd(`${lab.keys.base}deletion:at-risk`, 1, 'ended');
    expect((await look()).quiet).toBe(false);
    await judge();
    expect(await figures()).toEqual({ atRisk: 0, missed: 0, nextDeadline: undefined });
    expect((await look()).quiet).toBe(true);
  });

  test('open requests again without their deadline, which are put back by the rounds', async () => {
    await request('again', 1, -minuteMs);
    await lab.redis.del(`${lab.keys.base}deletion:deadlines`);
    await look();
    expect(await figures()).toMatchObject({ missed: 1 });
  });
});
