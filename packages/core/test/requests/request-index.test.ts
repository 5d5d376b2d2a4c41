import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { RequestIndex } from '../../src/requests/request-index.ts';
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

  test('lasts soon after its request was stored, or at once when all is to be done', async () => {
    await index.reserve('r', { kind: 'deletion', consumer: lab.keys.consumer });
    index.keepSoon(lab.keys, 'r');
    expect(await leftMs()).toBeGreaterThan(0);
    await eventually(async () => (await leftMs()) === -1);
    await lab.redis.pexpire(`test-${lab.keys.consumer}:index:r`, 60_000);
    index.keepSoon(lab.keys, 'r');
    await index.flush();
    expect(await leftMs()).toBe(-1);
  });

  test('goes with the record of a request that finished before it was soon', async () => {
    await index.reserve('r', { kind: 'deletion', consumer: lab.keys.consumer });
    index.keepSoon(lab.keys, 'r');
    await lab.redis.pexpire(`${lab.keys.base}request:r`, 60_000);
    await index.expire('r', 60_000);
    await index.flush();
    const left = await leftMs();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });
});
