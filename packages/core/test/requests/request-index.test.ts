import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Kind } from '../../src/requests/request.ts';
import { formatPlace, RequestIndex } from '../../src/requests/request-index.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
let index: RequestIndex;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  lab.next();
  index = new RequestIndex(lab.redis, `test-${lab.keys.consumer}`);
  await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: ['a'] });
});

const leftMs = () => lab.redis.pttl(`test-${lab.keys.consumer}:index:r`);

describe('the entry that says whose a request is', () => {
  test('goes by itself while the request is only reserved', async () => {
    await index.reserve('r', { kind: 'deletion', consumer: lab.keys.consumer });
    expect(await leftMs()).toBeGreaterThan(0);
  });

  test('lasts while the request is open', async () => {
    await index.reserve('r', { kind: 'deletion', consumer: lab.keys.consumer });
    await index.keep(lab.keys, 'r', 'deletion');
    expect(await leftMs()).toBe(-1);
    expect(await index.find('r')).toEqual({ kind: 'deletion', consumer: lab.keys.consumer });
  });

  test('goes with the record of a request that finished before it was made to last', async () => {
    await lab.redis.pexpire(`${lab.keys.base}request:r`, 60_000);
    await index.expire('r', 60_000);
    await index.keep(lab.keys, 'r', 'deletion');
    const left = await leftMs();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test('goes with the record of a request that finishes while it is made to last', async () => {
    const finish = async () => {
      await lab.redis.pexpire(`${lab.keys.base}request:r`, 60_000);
      await index.expire('r', 60_000);
    };
    const redis = new Proxy(lab.redis, {
      get: (target, name) =>
        name === 'pttl'
          ? async (key: string) => {
              const left = await target.pttl(key);
              if (left === -1) await finish();
              return left;
            }
          : Reflect.get(target, name),
    });
    await index.keep({ ...lab.keys, redis }, 'r', 'deletion');
    expect(await leftMs()).toBeGreaterThan(50_000);
  });

  test('goes by itself when the record is gone already', async () => {
    await lab.redis.del(`${lab.keys.base}request:r`);
    await index.keep(lab.keys, 'r', 'deletion');
    expect(await leftMs()).toBeGreaterThan(0);
  });
});

describe('the entry of a request that is taken in one step', () => {
  const busyKey = () => `{test-${lab.keys.consumer}}:busy`;
  const store = (id: string, kind: Kind = 'deletion', items = ['a']) =>
    storeRequest(lab.keys, {
      id,
      kind,
      ignoring: false,
      items,
      placing: {
        entry: formatPlace({ kind, consumer: lab.keys.consumer }),
        together: [index.key(id), busyKey()],
        reserve: async () => {
          throw new Error('there is no need to');
        },
      },
    });

  test('is there with it, lasts, and its consumer is busy', async () => {
    await store('new');
    expect(await index.find('new')).toEqual({ kind: 'deletion', consumer: lab.keys.consumer });
    expect(await lab.redis.pttl(index.key('new'))).toBe(-1);
    expect(await lab.redis.smembers(busyKey())).toEqual([lab.keys.consumer]);
  });

  test('is mended where the same request stands already, and goes with its record once that is to go', async () => {
    await store('r');
    expect(await leftMs()).toBe(-1);
    await lab.redis.pexpire(`${lab.keys.base}request:r`, 60_000);
    await store('r');
    const left = await leftMs();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test('that belongs elsewhere stays as it is, and nothing is stored', async () => {
    const place = { kind: 'deletion', consumer: 'somebody' } as const;
    await index.reserve('new', place);
    await expect(store('new')).rejects.toMatchObject({ code: 'id_taken', field: 'id' });
    await expect(store('r', 'resubmission', ['AAAA'])).rejects.toMatchObject({ code: 'id_taken' });
    expect(await index.find('new')).toEqual(place);
    expect(await lab.redis.exists(`${lab.keys.base}request:new`)).toBe(0);
  });

  test('is not there when Redis has no room for the request', async () => {
    const used = Number(/used_memory:(\d+)/.exec(await lab.redis.info('memory'))?.[1]);
    await lab.redis.config('SET', 'maxmemory', Math.round(used / 0.88));
    const [stored] = await Promise.allSettled([store('new')]);
    await lab.redis.config('SET', 'maxmemory', 0);
    expect(stored).toMatchObject({ status: 'rejected', reason: { code: 'memory_short' } });
    expect(await lab.redis.exists(index.key('new'), busyKey())).toBe(0);
  });
});
