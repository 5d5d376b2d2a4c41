import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { recordRefusal } from '../../src/requests/control.ts';
import type { RequestFilter, RequestView } from '../../src/requests/request.ts';
import { ClientLab } from './client-lab.ts';

leakGuard();

let lab: ClientLab;
beforeAll(async () => {
  lab = await ClientLab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.lab.redis.flushall();
  lab.lab.next();
});

/** Every page, as a caller follows them. */
async function pages(filter: RequestFilter = {}, limit?: number): Promise<RequestView[][]> {
  const found: RequestView[][] = [];
  let next: string | undefined;
  do {
    const page = await lab.client.listRequests(filter, {
      ...(next !== undefined && { next }),
      ...(limit !== undefined && { limit }),
    });
    found.push(page.requests);
    next = page.next;
  } while (next !== undefined);
  return found;
}

async function listed(filter: RequestFilter = {}, limit?: number): Promise<string[]> {
  return (await pages(filter, limit)).flat().map(({ id }) => id);
}

/** Requests created one after the other, some of the same millisecond, in three consumers. */
async function many(n: number): Promise<string[]> {
  const all: string[] = [];
  for (let i = 0; i < n; i += 1) {
    const consumer = `c${i % 3}`;
    const { id } = await lab.client.deleteSessions({ consumer, sessionIds: [`s${i}`], id: `r-${i}` });
    const created = 1_000_000 + Math.floor(i / 4);
    await lab.lab.redis.zadd(`test:{${consumer}}:requests`, created, id);
    all.push(id);
  }
  return all;
}

/** Requests of the lab's consumer, one a moment or as it says, the newest last. */
async function manyOfOne(n: number, createdAt = (i: number) => 1_000_000 + i): Promise<string[]> {
  const { base } = lab.lab.keys;
  const first = await lab.accepted(['a'], 'o-0');
  const pipeline = lab.lab.redis.pipeline();
  for (let i = 0; i < n; i += 1) {
    if (i > 0) pipeline.copy(`${base}request:${first}`, `${base}request:o-${i}`);
    pipeline.zadd(`${base}requests`, createdAt(i), `o-${i}`);
  }
  await pipeline.exec();
  return Array.from({ length: n }, (_, i) => `o-${i}`);
}

/** What a page of two hundred at a time finds while something happens before each further read of the places. */
async function whileRead(happens: (fill: number) => Promise<void>): Promise<string[]> {
  const { redis } = lab.lab;
  const read = redis.zrevrangebyscore.bind(redis);
  let fills = 0;
  redis.zrevrangebyscore = (async (...given: Parameters<typeof read>) => {
    fills += 1;
    if (fills > 1) await happens(fills);
    return await read(...given);
  }) as typeof redis.zrevrangebyscore;
  try {
    return await listed({ kind: 'deletion' }, 200);
  } finally {
    redis.zrevrangebyscore = read;
  }
}

describe('the list of requests', () => {
  test('has the newest first, over all consumers', async () => {
    for (const [n, consumer] of ['one', 'two', 'one'].entries()) {
      await lab.client.deleteSessions({ consumer, sessionIds: ['a'], id: `r-${n}` });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(await listed()).toEqual(['r-2', 'r-1', 'r-0']);
    expect(await listed({ consumers: ['one'] })).toEqual(['r-2', 'r-0']);
  });

  test('shows each request once, however many a page has, also those of one moment', async () => {
    const all = await many(250);
    const whole = await listed();
    expect([...whole].sort()).toEqual([...all].sort());
    for (const limit of [1, 7, 200]) expect(await listed({}, limit)).toEqual(whole);
  });

  test('goes on where it was while others come in', async () => {
    await many(20);
    const first = await lab.client.listRequests({}, { limit: 10 });
    await lab.client.deleteSessions({ consumer: 'c1', sessionIds: ['new'], id: 'new' });
    const second = await lab.client.listRequests({}, { limit: 50, next: first.next ?? '' });
    const both = [...first.requests, ...second.requests].map(({ id }) => id);
    expect(both).toHaveLength(20);
    expect(new Set(both).size).toBe(20);
    expect(both).not.toContain('new');
  });

  test('goes on where it was while others come in within a page', async () => {
    const all = await manyOfOne(350);
    const found = await whileRead(async (fill) => {
      await lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: ['new'], id: `new-${fill}` });
    });
    expect(found).toEqual([...all].reverse());
  });

  test('loses none while others age out within a page', async () => {
    const all = await manyOfOne(350);
    const key = `${lab.lab.keys.base}requests`;
    const gone = all.slice(-150);
    for (const id of gone) await lab.lab.redis.del(`${lab.lab.keys.base}request:${id}`);
    expect(await whileRead(async () => undefined)).toEqual(all.slice(0, 200).reverse());
    expect(await lab.lab.redis.zcard(key)).toBe(200);
  });

  test('has all of one moment, however many they are', async () => {
    const all = await manyOfOne(350, () => 1_000_000);
    expect((await listed({}, 7)).sort()).toEqual([...all].sort());
    expect((await whileRead(async () => undefined)).sort()).toEqual([...all].sort());
  });

  test('is narrowed by kind, state, requester and time', async () => {
    const consumer = lab.consumer;
    const ask = { consumer, requestedBy: 'lms' };
    const { id: first, createdAt } = await lab.client.deleteSessions({ ...ask, sessionIds: ['a'] });
    await new Promise((resolve) => setTimeout(resolve, 3));
    const { id: second } = await lab.client.resubmit({ consumer, submissions: ['aaaa'] });
    await lab.client.cancel(second);
    expect(await listed({ kind: 'deletion' })).toEqual([first]);
    expect(await listed({ state: 'cancelled' })).toEqual([second]);
    expect(await listed({ requestedBy: 'lms' })).toEqual([first]);
    const after = new Date(Date.parse(createdAt) + 1).toISOString();
    expect(await listed({ since: after })).toEqual([second]);
    expect(await listed({ until: after })).toEqual([first]);
    expect(await listed({ since: createdAt, until: after })).toEqual([first]);
  });

  test('finds one of a rare state behind thousands, over pages that may be empty', async () => {
    const { id: rare } = await lab.client.deleteSessions({ consumer: 'c0', sessionIds: ['a'], id: 'rare' });
    await lab.client.cancel(rare);
    await lab.lab.redis.zadd('test:{c0}:requests', 1, rare);
    const record = await lab.client.deleteSessions({ consumer: 'c0', sessionIds: ['b'], id: 'other' });
    const pipeline = lab.lab.redis.pipeline();
    for (let i = 0; i < 4_500; i += 1) {
      pipeline.copy(`test:{c0}:request:${record.id}`, `test:{c0}:request:o${i}`);
      pipeline.zadd('test:{c0}:requests', 1_000 + i, `o${i}`);
    }
    await pipeline.exec();
    const found = await pages({ state: 'cancelled' });
    expect(found.flat().map(({ id }) => id)).toEqual(['rare']);
    expect(found.length).toBeGreaterThan(1);
  });

  test('takes few rounds to find nothing, however small the page', async () => {
    await many(300);
    const { redis } = lab.lab;
    const read = redis.hgetall.bind(redis);
    let rounds = 0;
    let underWay = 0;
    redis.hgetall = (async (key: string) => {
      if (underWay === 0) rounds += 1;
      underWay += 1;
      return await read(key).finally(() => {
        underWay -= 1;
      });
    }) as typeof redis.hgetall;
    try {
      expect(await listed({ state: 'failed' }, 1)).toEqual([]);
    } finally {
      redis.hgetall = read;
    }
    // 1, 2, 4, … 64 and then a hundred at a time.
    expect(rounds).toBeGreaterThan(1);
    expect(rounds).toBeLessThanOrEqual(12);
  });

  test('tells of each request what a look at it alone tells', async () => {
    await lab.client.stopKind('deletion', 'wrong list');
    await lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: ['a'], priority: 'low', reason: 'law' });
    const [page = []] = await pages();
    expect(page).toHaveLength(1);
    for (const view of page) expect(view).toEqual(await lab.view(view.id));
    expect(page[0]).toMatchObject({ allStopped: 'wrong list', priority: 'low' });
  });

  test('has plain jobs that were refused at intake', async () => {
    await lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: ['a'], id: 'good' });
    const refusal = { reason: 'sessionIds: must be a list', kind: 'deletion', retentionMs: 60_000 };
    await recordRefusal(lab.lab.keys, 'bad', refusal);
    expect(await listed({ state: 'failed' })).toEqual(['bad']);
  });

  test('forgets what has aged out, where it is looked at and where new ones come', async () => {
    const key = `${lab.lab.keys.base}requests`;
    for (let i = 0; i < 60; i += 1) await lab.lab.redis.zadd(key, i, `gone-${i}`);
    const id = await lab.accepted(['a']);
    expect(await lab.lab.redis.zcard(key)).toBeLessThan(61);
    expect(await listed()).toEqual([id]);
    expect(await lab.lab.redis.zcard(key)).toBe(1);
  });

  test.each([
    ['next', { next: 'nonsense' }],
    ['next', { next: Buffer.from('[1]').toString('base64url') }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 201 }],
  ])('refuses a wrong %s', async (field, page) => {
    await expect(lab.client.listRequests({}, page)).rejects.toMatchObject({ code: 'invalid', field });
  });
});
