import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { packedSessionId } from '../../src/requests/packing.ts';
import { packedSessions, SelectionDigest, selectedSessions } from '../../src/selections/selected-sessions.ts';
import { selectionItemsKey } from '../../src/selections/selection.ts';
import { ids, Lab } from '../lanes/lab.ts';
import { mixedIds } from '../requests/id-shapes.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
});

async function keep(sessionIds: readonly string[]): Promise<void> {
  const key = selectionItemsKey(lab.keys, 's');
  if (sessionIds.length > 0) await lab.redis.rpush(key, ...sessionIds.map(packedSessionId));
}

async function read(): Promise<string[][]> {
  const all: string[][] = [];
  for await (const some of selectedSessions(lab.keys, 's')) all.push(some);
  return all;
}

async function digest(): Promise<SelectionDigest> {
  const of = new SelectionDigest();
  for await (const packed of packedSessions(lab.keys, 's')) of.addPacked(packed);
  return of;
}

describe('the sessions of a selection', () => {
  test.each([0, 1, 999, 1_000, 1_001, 2_500])('are read in their order, 1,000 at a time: %i of them', async (count) => {
    const all = ids(count);
    await keep(all);
    const came = await read();
    expect(came.flat()).toEqual(all);
    expect(Math.max(0, ...came.map(({ length }) => length))).toBe(Math.min(count, 1_000));
    const { count: counted, value } = await digest();
    expect(counted).toBe(count);
    expect(value).toBe(
      createHash('sha256')
        .update(all.map((id) => `${id}\n`).join(''))
        .digest('hex'),
    );
  });

  test('are told apart where they are no UUIDs, of whatever length', async () => {
    // Among them ids whose packed lengths come to a multiple of 16 together, and one that alone is no UUID among many.
    const all = [...mixedIds(40), 'nine char', 'and twenty-one chars ', ...ids(1_000), 'the last'];
    await keep(all);
    expect((await read()).flat()).toEqual(all);
    expect((await digest()).value).toBe(
      createHash('sha256')
        .update(`${all.join('\n')}\n`)
        .digest('hex'),
    );
  });

  test('are read although memory has run out (invariant 12)', async () => {
    await keep(ids(3));
    await read();
    await lab.redis.config('SET', 'maxmemory', 1);
    try {
      await expect(lab.redis.set('x', 1)).rejects.toThrow('OOM');
      expect(await read()).toEqual([ids(3)]);
    } finally {
      await lab.redis.config('SET', 'maxmemory', 0);
    }
  });
});
