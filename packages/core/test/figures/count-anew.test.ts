import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readLaneFigures, readLaneHistory } from '../../src/figures/lane-figures.ts';
import { survey } from '../../src/lanes/survey.ts';
import { cancelRequest, redriveItems } from '../../src/requests/control.ts';
import { kinds } from '../../src/requests/request.ts';
import { ids, Lab, quotas } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const deletion = async () => (await readLaneFigures(lab.redis, 'test', lab.keys.consumer)).deletion;
/** Since when every worker counts, in these tests; 0 while one does not. */
const look = async (countedSince: number) =>
  await survey(lab.keys, {
    most: 50,
    abandonedAfterMs: 1_000,
    mirrorGraceMs: 1_000,
    cursors: { requests: '0', batches: '0' },
    quotas,
    countedSince,
  });

/** What a version without figures does: it moves and ends all the same, and leaves alone what it does not know. */
async function uncounted(work: () => Promise<unknown>): Promise<void> {
  const unknown = ['figures', ...kinds.map((kind) => `${kind}:opened`)].map((name) => `${lab.keys.base}${name}`);
  const before = await Promise.all(unknown.map((key) => lab.redis.dumpBuffer(key)));
  const counted = await countedFields();
  await work();
  for (const [index, key] of unknown.entries()) {
    await lab.redis.del(key);
    const dump = before[index];
    if (dump != null) await lab.redis.restore(key, 0, dump);
  }
  for (const key of (await countedFields()).keys()) {
    const value = counted.get(key);
    if (value == null) await lab.redis.hdel(key, 'counted');
    else await lab.redis.hset(key, 'counted', value);
  }
}

/** By the key of each request's record. */
async function countedFields(): Promise<Map<string, string | null>> {
  const base = `${lab.keys.base}request:`;
  const records = (await lab.redis.keys(`${base}*`)).filter((key) => !key.slice(base.length).includes(':'));
  const fields = records.map(async (key) => [key, await lab.redis.hget(key, 'counted')] as const);
  return new Map(await Promise.all(fields));
}

const settleAll = async (id: string) => {
  const { reference } = await lab.submit(lab.lane(), id);
  await lab.lane().resolve(id, { reference }, { outcomes: Array(50).fill('succeeded'), code: '', message: '' });
};

describe('figures, after replicas of a version without them', () => {
  test('take in a request that such a version accepted, once, wherever its items are', async () => {
    await uncounted(async () => {
      await lab.request('r', ids(60));
      await lab.submit(lab.lane(), 'one');
    });
    expect(await deletion()).toMatchObject({ items: { pending: 0, submitted: 0 }, openRequests: 0 });
    for (const countedSince of [0, 0, 1_000, 1_000]) {
      await look(countedSince);
      expect(await deletion()).toMatchObject({ items: { pending: 10, submitted: 50 }, openRequests: 1 });
    }
  });

  test('are counted anew once none of them runs, and not while one does', async () => {
    await lab.request('r', ids(130));
    await look(1_000);
    await uncounted(() => settleAll('one'));
    await settleAll('two');
    for (const countedSince of [0, 1_000]) {
      await look(countedSince);
      expect((await deletion()).items).toMatchObject({ pending: 80, submitted: 0 });
    }
    await look(2_000);
    expect(await deletion()).toMatchObject({ items: { pending: 30, claimed: 0, submitted: 0 }, openRequests: 1 });
  });

  test('go on from a new count as from the first, for requests of any age', async () => {
    await lab.request('old', ids(60));
    await look(1_000);
    await lab.request('new', ids(60, 100));
    await settleAll('one');
    await settleAll('two');
    expect(await deletion()).toMatchObject({ items: { pending: 20, submitted: 0 }, ended: { succeeded: 100 } });
  });

  test('take a request in before its items move, so that what ends is counted', async () => {
    await uncounted(() => lab.request('r', ids(60)));
    await settleAll('one');
    expect(await deletion()).toMatchObject({ items: { pending: 10 }, ended: { succeeded: 50 }, openRequests: 1 });
    expect((await deletion()).today).toMatchObject({ succeeded: 50 });
  });

  test('have a retried request at once, whichever count it ended in', async () => {
    await lab.request('r', ids(1));
    const { reference } = await lab.submit(lab.lane(), 'one');
    await lab.lane().resolve('one', { reference }, { outcomes: ['failed'], code: 'x', message: 'y' });
    await lab.request('other', ids(2, 10));
    await look(1_000);
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 1, retentionMs: 60_000 });
    expect(await deletion()).toMatchObject({ items: { pending: 3 }, openRequests: 2 });
    await look(1_000);
    expect(await deletion()).toMatchObject({ items: { pending: 3 }, openRequests: 2 });
  });

  test('are sums again where a request ended uncounted, whoever ended it', async () => {
    await lab.request('gone', ids(60));
    await lab.request('open', ids(7, 100));
    await look(1_000);
    await uncounted(() => cancelRequest(lab.keys, 'gone', 60_000));
    expect(await deletion()).toMatchObject({ items: { pending: 67 }, openRequests: 2 });
    await look(1_000);
    expect(await deletion()).toMatchObject({
      items: { pending: 7 },
      openRequests: 1,
      oldest: { request: 'open' },
    });
  });

  test('say that nothing waits where nothing is open, at the next look', async () => {
    await lab.request('gone', ids(60));
    await uncounted(() => cancelRequest(lab.keys, 'gone', 60_000));
    await lab.redis.del(`${lab.keys.base}finish`);
    expect((await look(0)).quiet).toBe(false);
    expect(await deletion()).toMatchObject({ items: { pending: 0 }, openRequests: 0 });
    expect((await look(0)).quiet).toBe(true);
  });

  test('leave nothing for good of a request that such a version ended: its batches go with its record', async () => {
    await lab.request('r', ids(50));
    const { reference } = await lab.submit(lab.lane(), 'one');
    const batches = `${lab.keys.base}request:r:batches`;
    await uncounted(async () => {
      await lab.lane().resolve('one', { reference }, { outcomes: Array(50).fill('succeeded'), code: '', message: '' });
      await lab.redis.persist(batches);
    });
    await look(0);
    expect(await lab.redis.pttl(batches)).toBeGreaterThan(50_000);
    expect(await lab.redis.pttl(batches)).toBeLessThanOrEqual(60_000);
  });

  test('are counted in slices of some 500 requests, and no sample is taken meanwhile', async () => {
    for (let n = 0; n < 1_300; n += 1) await lab.request(`r${n}`, ids(1, n));
    await look(1_000);
    const pending = (await deletion()).items.pending;
    expect(pending).toBeGreaterThanOrEqual(500);
    expect(pending).toBeLessThan(1_300);
    expect(await readLaneHistory(lab.keys, 'deletion')).toEqual([]);
    let looks = 1;
    while ((await deletion()).items.pending < 1_300 && looks < 5) {
      await look(1_000);
      looks += 1;
    }
    await look(1_000);
    expect(await deletion()).toMatchObject({ items: { pending: 1_300 }, openRequests: 1_300 });
    expect(await readLaneHistory(lab.keys, 'deletion')).toMatchObject([{ pending: 1_300 }]);
  }, 20_000);
});
