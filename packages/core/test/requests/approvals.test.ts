import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { type DeletionGuards, noteGuards } from '../../src/lanes/guards.ts';
import { requestKey } from '../../src/lanes/keys.ts';
import { approveRequest } from '../../src/requests/approval.ts';
import { cancelRequest, openRequest, redriveItems, setHeld } from '../../src/requests/control.ts';
import { type NewRequest, storeRequest } from '../../src/requests/upload.ts';
import { readRequest } from '../../src/requests/view.ts';
import { ids, Lab } from '../lanes/lab.ts';

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

const overTen: DeletionGuards = { approvalOver: 10, holdWindowMs: 0 };
const hourMs = 3_600_000;

async function accepted(items: number, more: Partial<NewRequest> = {}, id = 'r'): Promise<void> {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items: ids(items), ...more });
}

async function view(id = 'r') {
  const found = await readRequest(lab.keys, id);
  if (found === undefined) throw new Error(`no request ${id}`);
  return found;
}

/** What a worker with these guards would send next: how many items. */
async function claimed(guards: DeletionGuards | undefined, name = 'claim'): Promise<number> {
  const quota = { calls: 1_000, windowMs: 1_000 };
  const lane = lab.lane('deletion', { quota, ...(guards !== undefined && { guards }) });
  for (;;) {
    const answer = await lane.claim(name);
    if (answer.is === 'batch') return answer.batch.size;
    if (answer.is === 'empty') return 0;
  }
}

const inRotation = () => lab.redis.zcard(`${lab.keys.base}deletion:rotation`);

describe('a deletion of more items than its consumer lets through', () => {
  test('waits when it is opened, stands in no rotation, and is opened once a second person approves', async () => {
    await noteGuards(lab.keys, overTen);
    await accepted(11, { keyName: 'lms' });
    for (const _ of [1, 2]) expect(await openRequest(lab.keys, 'r')).toEqual({ state: 'waiting', waitMs: 0 });
    expect(await inRotation()).toBe(0);
    expect(await claimed(overTen)).toBe(0);
    for (const _ of [1, 2]) await approveRequest(lab.keys, 'r', { by: 'ada', reason: 'compared' });
    expect(await view()).toMatchObject({
      state: 'accepted',
      keyName: 'lms',
      approvedBy: 'ada',
      approvalReason: 'compared',
    });
    expect(await openRequest(lab.keys, 'r')).toEqual({ state: 'processing', waitMs: 0 });
    expect(await claimed(overTen)).toBe(11);
  });

  test('waits when it is opened by guards that came behind its acceptance', async () => {
    await accepted(11);
    await noteGuards(lab.keys, overTen);
    expect((await view()).state).toBe('accepted');
    expect((await openRequest(lab.keys, 'r')).state).toBe('waiting');
  });

  test('goes on at once when it has no more', async () => {
    await noteGuards(lab.keys, overTen);
    await accepted(10);
    expect(await openRequest(lab.keys, 'r')).toEqual({ state: 'processing', waitMs: 0 });
    expect(await claimed(overTen)).toBe(10);
  });

  test('waits also for one item where every deletion is to, and where the asker wished it', async () => {
    await noteGuards(lab.keys, { approvalOver: 0, holdWindowMs: 0 });
    await accepted(1);
    expect((await openRequest(lab.keys, 'r')).state).toBe('waiting');
    await noteGuards(lab.keys, { holdWindowMs: 0 });
    await accepted(1, { notes: { requireApproval: true } }, 'wished');
    expect((await openRequest(lab.keys, 'wished')).state).toBe('waiting');
    await accepted(1, {}, 'other');
    expect((await openRequest(lab.keys, 'other')).state).toBe('processing');
  });

  test.each([
    ['the name of the token that asked', { keyName: 'lms' }],
    ['who was named as asking', { keyName: 'gateway', notes: { requestedBy: 'lms' } }],
  ])('is not approved by %s', async (_who, asked) => {
    await noteGuards(lab.keys, overTen);
    await accepted(11, asked);
    await openRequest(lab.keys, 'r');
    await expect(approveRequest(lab.keys, 'r', { by: 'lms' })).rejects.toMatchObject({
      code: 'conflict',
      message: 'who asked for a deletion cannot approve of it: a second person must',
    });
    expect((await view()).state).toBe('waiting');
  });

  test('is not approved once it has begun, nor is what was never asked for', async () => {
    await accepted(11);
    await openRequest(lab.keys, 'r');
    const conflict = { code: 'conflict' };
    await expect(approveRequest(lab.keys, 'r', { by: 'ada' })).rejects.toMatchObject(conflict);
    await expect(approveRequest(lab.keys, 'nobody', { by: 'ada' })).rejects.toMatchObject(conflict);
    await accepted(1, { kind: 'resubmission', items: ['AAAA'] }, 'again');
    await expect(approveRequest(lab.keys, 'again', { by: 'ada' })).rejects.toMatchObject(conflict);
  });
});

describe('no way into the rotation goes around the approval', () => {
  test('not one that knows nothing of it: the claim takes the request out, and says that it waits', async () => {
    // Opened before the settings were known, or by a replica of an older version.
    await accepted(11);
    await openRequest(lab.keys, 'r');
    await accepted(3, { notes: { requireApproval: true } }, 'wished');
    await openRequest(lab.keys, 'wished');
    expect((await openRequest(lab.keys, 'r')).state).toBe('processing');
    expect(await claimed(overTen)).toBe(0);
    expect(await view()).toMatchObject({ state: 'waiting', counts: { pending: 11 } });
    expect((await view('wished')).state).toBe('waiting');
    expect(await inRotation()).toBe(0);
  });

  test('not a retry: items that go back in line while the request waits give nothing', async () => {
    await accepted(60);
    await openRequest(lab.keys, 'r');
    const lane = lab.lane('deletion');
    const { reference } = await lab.submit(lane, 'one');
    expect(await claimed(overTen, 'two')).toBe(0);
    expect((await view()).state).toBe('waiting');
    await lane.resolve('one', { reference }, { outcomes: Array.from({ length: 50 }, () => 'parked' as const) });
    const redrive = { from: 'parked', action: 'resend', items: 50, retentionMs: 60_000 } as const;
    await redriveItems(lab.keys, 'r', redrive);
    expect(await inRotation()).toBe(0);
    expect(await view()).toMatchObject({ state: 'waiting', counts: { pending: 60 } });
  });

  test('not hold and release: what was never opened is opened by its job', async () => {
    await noteGuards(lab.keys, overTen);
    await accepted(11);
    await setHeld(lab.keys, 'r', 'hold');
    await setHeld(lab.keys, 'r', 'release');
    expect(await inRotation()).toBe(0);
    expect((await openRequest(lab.keys, 'r')).state).toBe('waiting');
  });

  test('and others of the lane are claimed beside it', async () => {
    await accepted(11);
    await openRequest(lab.keys, 'r');
    await accepted(4, {}, 'other');
    await openRequest(lab.keys, 'other');
    expect(await claimed(overTen)).toBe(4);
  });
});

describe('in the hold window of its consumer a deletion', () => {
  const window = { holdWindowMs: hourMs };

  test('starts so much later than it was accepted, and shows when', async () => {
    await noteGuards(lab.keys, window);
    await accepted(2);
    const { state, waitMs } = await openRequest(lab.keys, 'r');
    expect(state).toBe('accepted');
    expect(waitMs).toBeGreaterThan(hourMs - 60_000);
    const { startsAt = '' } = await view();
    expect(Date.parse(startsAt)).toBeGreaterThan(Date.now() + hourMs - 60_000);
    await openRequest(lab.keys, 'r');
    expect((await view()).startsAt).toBe(startsAt);
    await lab.redis.hset(requestKey(lab.keys, 'r'), 'startsAt', Date.now() - 1);
    expect((await openRequest(lab.keys, 'r')).state).toBe('processing');
    expect(await claimed(window)).toBe(2);
  });

  test('starts so much later than its approval, however long that took', async () => {
    const both = { approvalOver: 0, holdWindowMs: hourMs };
    await noteGuards(lab.keys, both);
    await accepted(2);
    await openRequest(lab.keys, 'r');
    expect(await view()).not.toHaveProperty('startsAt');
    await approveRequest(lab.keys, 'r', { by: 'ada' });
    expect((await openRequest(lab.keys, 'r')).waitMs).toBeGreaterThan(hourMs - 60_000);
    const { approvedAt = '', startsAt = '' } = await view();
    expect(Date.parse(startsAt) - Date.parse(approvedAt)).toBe(hourMs);
  });

  test('is put back by the claim when something let it into the rotation too early', async () => {
    await accepted(2);
    await openRequest(lab.keys, 'r');
    expect(await claimed(window)).toBe(0);
    expect(await view()).toMatchObject({ state: 'accepted', startsAt: expect.any(String) });
    expect(await inRotation()).toBe(0);
  });

  test('of which something was sent goes on', async () => {
    await accepted(60);
    await openRequest(lab.keys, 'r');
    expect(await claimed(undefined, 'one')).toBe(50);
    expect(await claimed(window, 'two')).toBe(10);
  });

  test('of which all has failed is tried again at once, and not revoked', async () => {
    await accepted(2);
    await openRequest(lab.keys, 'r');
    const lane = lab.lane('deletion');
    const { reference } = await lab.submit(lane, 'one');
    await lane.resolve('one', { reference }, { outcomes: ['failed', 'failed'], code: 'x', message: 'y' });
    const redrive = { from: 'failed', action: 'resend', items: 2, retentionMs: 60_000 } as const;
    await redriveItems(lab.keys, 'r', redrive);
    expect(await claimed({ ...window, approvalOver: 0 }, 'two')).toBe(0);
    expect(await cancelRequest(lab.keys, 'r', 60_000, { reason: 'wrong list' })).toBe('waiting');
    await approveRequest(lab.keys, 'r', { by: 'ada' });
    expect((await openRequest(lab.keys, 'r')).state).toBe('processing');
    expect(await claimed(window, 'three')).toBe(2);
  });

  test('is revoked with nothing sent, once and for all', async () => {
    await noteGuards(lab.keys, window);
    await accepted(2);
    await openRequest(lab.keys, 'r');
    const why = { reason: 'wrong list', by: 'ada' };
    for (const _ of [1, 2]) await cancelRequest(lab.keys, 'r', 60_000, why);
    expect(await view()).toMatchObject({ state: 'cancelled', revoked: why, counts: { cancelled: 2, pending: 0 } });
    await lab.redis.hset(requestKey(lab.keys, 'r'), 'startsAt', Date.now() - 1);
    expect((await openRequest(lab.keys, 'r')).state).toBe('cancelled');
    expect(await claimed(window)).toBe(0);
  });
});

test.each(['processing', 'held'])('a deletion that is %s is not revoked any more', async (state) => {
  await accepted(2);
  await openRequest(lab.keys, 'r');
  if (state === 'held') await setHeld(lab.keys, 'r', 'hold');
  expect(await cancelRequest(lab.keys, 'r', 60_000, { reason: 'wrong list' })).toBe(state);
  expect(await view()).toMatchObject({ state, counts: { pending: 2 } });
  expect(await view()).not.toHaveProperty('revoked');
});

test('a deletion that waits for its approval can be cancelled and revoked', async () => {
  await noteGuards(lab.keys, { approvalOver: 0, holdWindowMs: 0 });
  for (const [id, revoked] of [
    ['cancelled', undefined],
    ['revoked', { reason: 'wrong list' }],
  ] as const) {
    await accepted(2, {}, id);
    await openRequest(lab.keys, id);
    await cancelRequest(lab.keys, id, 60_000, revoked);
    expect(await view(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 2 } });
  }
});
