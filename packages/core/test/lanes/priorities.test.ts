import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readBatch } from '../../src/lanes/batch.ts';
import { cancelRequest, openRequest, setHeld } from '../../src/requests/control.ts';
import type { Kind, Priority } from '../../src/requests/request.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const quota = { calls: 1_000, windowMs: 1 };

async function request(id: string, n: number, priority: Priority, kind: Kind = 'deletion', ignoring = false) {
  const items = kind === 'deletion' ? ids(n, from) : texts(n, from);
  from += n;
  await storeRequest(lab.keys, { id, kind, ignoring, items, notes: { priority } });
  await openRequest(lab.keys, id);
}
let from = 0;

function texts(n: number, first: number): string[] {
  return Array.from({ length: n }, (_, i) => Buffer.from(`submission ${first + i}`).toString('base64'));
}

let batches = 0;
/** What the next batch takes of each request. */
async function nextShares(kind: Kind = 'deletion'): Promise<Record<string, number>> {
  batches += 1;
  const claim = await lab.claim(lab.lane(kind, { quota }), `p${batches}`);
  const batch = await readBatch(lab.keys, claim.batch);
  return Object.fromEntries((batch?.shares ?? []).map(({ request: id, items }) => [id, items]));
}

describe('requests of several priorities', () => {
  test('go in their order, and share a batch where the first do not fill it', async () => {
    await request('low', 100, 'low');
    await request('normal', 60, 'normal');
    await request('high', 70, 'high');
    expect(await nextShares()).toEqual({ high: 50 });
    expect(await nextShares()).toEqual({ high: 20, normal: 30 });
    expect(await nextShares()).toEqual({ normal: 30, low: 20 });
    expect(await nextShares()).toEqual({ low: 50 });
  });

  test('never starve the least urgent: every eighth batch begins with it', async () => {
    await request('low', 200, 'low');
    await request('high', 2_000, 'high');
    const firsts: string[] = [];
    for (let n = 0; n < 16; n += 1) firsts.push(...Object.keys(await nextShares()));
    expect(firsts.flatMap((id, index) => (id === 'low' ? [index + 1] : []))).toEqual([8, 16]);
  });

  test('of one priority share it as before', async () => {
    await request('a', 100, 'high');
    await request('b', 100, 'high');
    expect(await nextShares()).toEqual({ a: 25, b: 25 });
  });

  test('leave their rotation when they are held or cancelled, and come back to it', async () => {
    await request('high', 100, 'high');
    await request('normal', 100, 'normal');
    await setHeld(lab.keys, 'high', 'hold');
    expect(await nextShares()).toEqual({ normal: 50 });
    await setHeld(lab.keys, 'high', 'release');
    expect(await nextShares()).toEqual({ high: 50 });
    await cancelRequest(lab.keys, 'high', 60_000);
    expect(await nextShares()).toEqual({ normal: 50 });
    expect(await lab.redis.exists(`${lab.keys.base}deletion:rotation:high`)).toBe(0);
  });

  test('that ignore revisions and others go by their priority, and share no batch', async () => {
    await request('plain', 300, 'normal', 'resubmission');
    await request('urgent', 20, 'high', 'resubmission', true);
    expect(await nextShares('resubmission')).toEqual({ urgent: 20 });
    expect(await nextShares('resubmission')).toEqual({ plain: 50 });
  });
});

test('a few that ignore revisions do not wait until all others are through', async () => {
  await request('many', 1_000, 'normal', 'resubmission');
  await request('few', 3, 'normal', 'resubmission', true);
  const found = [await nextShares('resubmission'), await nextShares('resubmission')];
  expect(found).toContainEqual({ few: 3 });
});
