import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { switchEvidence } from '../../src/evidence-store/outbox.ts';
import { requestKey } from '../../src/lanes/keys.ts';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { cancelRequest } from '../../src/requests/control.ts';
import { sweepRequestParts } from '../../src/requests/sweep-parts.ts';
import { ids, Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(async () => await lab.stop());
beforeEach(async () => {
  lab.next();
  await switchEvidence(lab.keys, true);
});

const key = (part: string, id = 'r') => `${requestKey(lab.keys, id)}${part}`;
const parts = [':failures', ':codes', ':leaves', ':batches'];
const ttls = async () => await Promise.all(parts.map((part) => lab.redis.pttl(key(part))));
const isListed = async (id = 'r') => (await lab.redis.zscore(`${lab.keys.base}requests`, id)) !== null;

/** A deletion that has ended, one session gone and one failed. */
async function ended(): Promise<void> {
  await lab.request('r', ids(2));
  const lane = lab.lane();
  const { reference } = await lab.submit(lane, 'b');
  await lane.resolve('b', { reference }, { outcomes: ['succeeded', 'failed'], code: 'x', message: 'y' });
  expect(await lab.counts('r')).toMatchObject({ state: 'failed' });
}

/** What a worker of a version leaves that knows the record alone. */
async function forgetExpiries(): Promise<void> {
  for (const part of parts) expect(await lab.redis.persist(key(part))).toBe(1);
}

describe('the parts of a request that ended without their expiry', () => {
  test('get that of its record', async () => {
    await ended();
    await forgetExpiries();
    expect(await sweepRequestParts(lab.keys)).toBe(6 * 3600 * 1000);
    const left = await lab.redis.pttl(key(''));
    for (const ms of await ttls()) {
      expect(ms).toBeGreaterThan(0);
      expect(Math.abs(ms - left)).toBeLessThan(1_000);
    }
  });

  test('go with its place in the list where its record has aged out', async () => {
    await ended();
    await forgetExpiries();
    await lab.redis.del(key(''));
    await sweepRequestParts(lab.keys);
    expect(await lab.redis.keys(`${lab.keys.base}request:r*`)).toEqual([]);
    expect(await isListed()).toBe(false);
  });

  test('go as well where another request is listed first', async () => {
    await ended();
    await forgetExpiries();
    await lab.redis.del(key(''));
    for (let i = 0; (await isListed()) && i < 50; i += 1) await lab.request(`s${i}`, ids(1));
    expect(await lab.redis.keys(`${lab.keys.base}request:r*`)).toEqual([]);
  });

  test('stay while it is open, also where whoever reopened it left them their expiry', async () => {
    await lab.request('r', ids(60));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'b');
    const outcomes = ids(50).map((_id, i): ItemOutcome => (i === 0 ? 'failed' : 'succeeded'));
    await lane.resolve('b', { reference }, { outcomes, code: 'x', message: 'y' });
    for (const part of parts) await lab.redis.pexpire(key(part), 60_000);
    await sweepRequestParts(lab.keys);
    expect(await ttls()).toEqual([-1, -1, -1, -1]);
    expect(await lab.redis.exists(key(':items'))).toBe(1);
  });
});

test('a sweep goes on slice by slice to the last request, rests then, and begins anew', async () => {
  const all = Array.from({ length: 150 }, (_, i) => `r${i}`);
  for (const id of all) {
    await lab.request(id, ids(1));
    await cancelRequest(lab.keys, id, 60_000);
    await lab.redis.rpush(key(':batches', id), 'b');
  }
  let slices = 1;
  while ((await sweepRequestParts(lab.keys)) === 0) slices += 1;
  expect(slices).toBeGreaterThan(1);
  const left = await Promise.all(all.map((id) => lab.redis.pttl(key(':batches', id))));
  expect(left.filter((ms) => ms < 0)).toEqual([]);
  expect(await sweepRequestParts(lab.keys)).toBeGreaterThan(0);
  // As if its rest were over.
  await lab.redis.hset(`${lab.keys.base}parts`, 'restUntil', 1);
  expect(await sweepRequestParts(lab.keys)).toBe(0);
});

test('where there are no requests there is nothing to sweep', async () => {
  expect(await sweepRequestParts(lab.keys)).toBeUndefined();
});
