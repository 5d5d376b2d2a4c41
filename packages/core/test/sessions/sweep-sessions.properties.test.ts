import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { storeRequest } from '../../src/requests/upload.ts';
import { findSession } from '../../src/sessions/find-session.ts';
import { sweepSessions } from '../../src/sessions/sweep-sessions.ts';
import { ids, Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
let reader: Redis;
beforeAll(async () => {
  lab = await Lab.start();
  reader = new Redis(lab.server.url, { enableAutoPipelining: true });
});
afterAll(async () => {
  reader.disconnect();
  await lab.stop();
});
beforeEach(() => {
  lab.next();
});

/** The newest requests of a session that the index keeps. */
const kept = 8;

async function store(id: string, items: readonly string[]): Promise<void> {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items, indexed: true });
}

/** As Learnosity's own are. Consecutive ones may meet in few buckets, by some seeds. */
function randomIds(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID());
}

/** What a record's end, be it discarded or aged out, leaves to the sweep. */
async function forget(id: string): Promise<void> {
  await lab.redis.unlink(`${lab.keys.base}request:${id}`);
}

async function requestsOf(session: string): Promise<string[]> {
  const found = await findSession([{ ...lab.keys, redis: reader }], session);
  return found.map(({ id }) => id).sort();
}

const indexKeys = () => lab.redis.keys(`${lab.keys.base}sessions*`);
const facts = () => lab.redis.hgetall(`${lab.keys.base}sessions`);

async function bucketSizes(): Promise<number[]> {
  const keys = (await indexKeys()).filter((key) => /:sessions:\d+$/.test(key));
  return await Promise.all(keys.map((key) => reader.hlen(key)));
}

/** All slices, until there is nothing to do. */
async function sweep(restMs = 0): Promise<number | undefined> {
  for (let slices = 0; slices < 5_000; slices += 1) {
    const left = await sweepSessions(lab.keys, { restMs });
    if (left === undefined || left > 0) return left;
    if ((await facts()).phase === undefined) return 0;
  }
  throw new Error('the sweep never rests');
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      from: fc.nat(900),
      size: fc.integer({ min: 1, max: 700 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('forget' as const), of: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('slice' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);

describe('the index of sessions', () => {
  test('knows of each session its living requests, whatever comes, goes and is swept', async () => {
    const sessions = ids(1_600).map((id, i) => (i % 4 === 0 ? `session ${i}` : id));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        lab.next();
        const noted = new Map<string, string[]>();
        const living: string[] = [];
        let stored = 0;
        for (const one of steps) {
          if (one.do === 'store') {
            const id = `r${String(stored).padStart(2, '0')}`;
            stored += 1;
            const items = sessions.slice(one.from, one.from + one.size);
            await store(id, items);
            living.push(id);
            for (const item of items) {
              const alive = (noted.get(item) ?? []).filter((request) => living.includes(request));
              noted.set(item, [...alive, id].slice(-kept));
            }
          } else if (one.do === 'forget') {
            const [gone] = living.splice(one.of % Math.max(1, living.length), 1);
            if (gone !== undefined) await forget(gone);
          } else if (one.do === 'slice') {
            await sweepSessions(lab.keys, { restMs: 0 });
          } else await sweep();
        }
        const known = await Promise.all(sessions.map(requestsOf));
        const wanted = sessions.map((session) => (noted.get(session) ?? []).filter((id) => living.includes(id)));
        expect(known).toEqual(wanted);
        // A sweep that was under way has passed by what went since.
        await sweep();
        await sweep();
        const swept = await Promise.all(sessions.map(requestsOf));
        expect(swept).toEqual(wanted);
        const left = wanted.filter((requests) => requests.length > 0).length;
        expect((await bucketSizes()).reduce((sum, size) => sum + size, 0)).toBe(left);
        if (living.length === 0) expect(await indexKeys()).toEqual([]);
        else expect(await facts()).toMatchObject({ entries: String(left), requests: String(living.length) });
      }),
      { numRuns: 40, interruptAfterTimeLimit: 40_000 },
    );
  }, 60_000);

  test('keeps its buckets small and packed while it grows, and gives them back when it shrinks', async () => {
    await store('large', randomIds(30_000));
    const small = randomIds(300);
    await store('small', small);
    const { buckets } = await facts();
    expect(Number(buckets)).toBe(Math.ceil(30_300 / 48));
    const sizes = await bucketSizes();
    expect(Math.max(...sizes)).toBeLessThan(128);
    const encodings = new Set<unknown>();
    for (let i = 0; i < Number(buckets); i += 1) {
      encodings.add(await lab.redis.object('ENCODING', `${lab.keys.base}sessions:${i}`));
    }
    expect([...encodings]).toEqual(['listpack']);
    await forget('large');
    await sweep();
    expect(Number((await facts()).buckets)).toBeLessThanOrEqual(Math.ceil(300 / 24));
    expect(await requestsOf(small.at(-1) ?? '')).toEqual(['small']);
  });

  test('rests once it was swept, and is no longer there when nothing is left', async () => {
    expect(await sweepSessions(lab.keys)).toBeUndefined();
    await store('r', ids(100));
    const left = await sweep(60_000);
    expect(left).toBeGreaterThan(50_000);
    await forget('r');
    expect(await sweepSessions(lab.keys, { restMs: 0 })).toBeGreaterThan(50_000);
    expect(await indexKeys()).not.toEqual([]);
    await lab.redis.hdel(`${lab.keys.base}sessions`, 'restUntil');
    await sweep();
    expect(await indexKeys()).toEqual([]);
  });

  test('numbers requests on while a record knows its number: none is taken for another', async () => {
    await store('old', ids(1));
    await store('new', ids(1));
    await lab.redis.hdel(`${lab.keys.base}sessions:0`, Buffer.from(ids(1)[0]?.replaceAll('-', '') ?? '', 'hex'));
    await lab.redis.hset(`${lab.keys.base}sessions`, 'entries', 0);
    await sweep();
    await store('newest', ids(1));
    expect(await requestsOf(ids(1)[0] ?? '')).toEqual(['newest']);
    expect(await lab.redis.hget(`${lab.keys.base}request:newest`, 'number')).toBe('3');
  });

  test('lies in the slot of its consumer, all of it', async () => {
    await lab.redis.flushall();
    await store('r', randomIds(200));
    const keys = await lab.redis.keys('*');
    expect(keys.filter((key) => key.includes('sessions')).length).toBeGreaterThan(5);
    expect(keys.filter((key) => !key.startsWith(`test:{${lab.keys.consumer}}:`))).toEqual([]);
  });
});
