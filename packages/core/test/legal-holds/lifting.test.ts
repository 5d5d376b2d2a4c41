import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readOutbox, switchEvidence } from '../../src/evidence-store/outbox.ts';
import { type Survey, survey } from '../../src/lanes/survey.ts';
import { heldAmong } from '../../src/legal-holds/held-items.ts';
import { holdScript } from '../../src/legal-holds/hold-script.ts';
import { LegalHoldStore } from '../../src/legal-holds/legal-hold-store.ts';
import { endHold, holdPage, putOffHold } from '../../src/legal-holds/resolving.ts';
import { ids, Lab } from '../lanes/lab.ts';
import { takenHold } from './lab.ts';

leakGuard();

let lab: Lab;
let holds: LegalHoldStore;
beforeAll(async () => {
  lab = await Lab.start();
  holds = new LegalHoldStore(lab.redis, 'test');
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
});

const why = { reason: 'case 12', by: 'ada' };
const consumer = () => lab.keys.consumer;
const kept = async () => (await heldAmong(lab.keys, ids(2_500))).length;
const taken = () => takenHold(lab);

/** Who lifts the hold `hold`, on a learner with 2,500 sessions, dies when 1,000 of them are let go. */
async function cutShort(): Promise<void> {
  await holds.addLegalHold({ ...why, id: 'hold', consumer: consumer(), userId: 'learner' });
  const found = await taken();
  await holdPage(lab.keys, found, ids(2_500), { next: 'cursor', pages: 50, sessions: 2_500 });
  await endHold(lab.keys, found);
  await holdScript('remove-hold').run(lab.redis, [lab.keys.base], ['hold', 'closed', 'bob']);
  expect(await holds.letGo(consumer(), 'hold')).toBe(true);
}

async function look(): Promise<Survey> {
  const quota = { calls: 5, windowMs: 5_000 };
  const quotas = { deletion: quota, resubmission: quota };
  const cursors = { requests: '0', batches: '0' };
  const limits = { most: 10, abandonedAfterMs: 1, mirrorGraceMs: 1, cursors, quotas };
  return await survey(lab.keys, { ...limits, countedSince: 0 });
}

describe('a legal hold whose lifting was cut short', () => {
  test('is shown as one that is being lifted, with what it still keeps, and is waited for by nothing', async () => {
    await cutShort();
    await holds.addLegalHold({ ...why, consumer: consumer(), userId: 'another' });
    await putOffHold(lab.keys, await taken(), 60_000, { code: '41001', message: 'wrong key' });
    const view = await holds.getLegalHold('hold');
    expect(view).toMatchObject({ ...why, on: 'user', sessions: 1_500, liftedAt: expect.any(String) });
    for (const gone of ['resolvedAt', 'waiting']) expect(view).not.toHaveProperty(gone);
    const [, listed] = await holds.legalHolds(consumer());
    expect(listed).toEqual(view);
    expect(await kept()).toBe(1_500);
  });

  test('is not placed again under its id, and nothing is added to it', async () => {
    await cutShort();
    for (const what of [{ userId: 'learner' }, { sessionIds: ids(1, 5_000) }]) {
      const again = holds.addLegalHold({ ...why, id: 'hold', consumer: consumer(), ...what });
      await expect(again).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('another one') });
    }
    expect((await holds.getLegalHold('hold')).sessions).toBe(1_500);
    expect(await heldAmong(lab.keys, ids(1, 5_000))).toEqual([]);
  });

  test('keeps its consumer from being quiet, and is told to the rounds, until it is gone', async () => {
    expect(await look()).toMatchObject({ quiet: true, liftedHolds: [] });
    await cutShort();
    expect(await look()).toMatchObject({ quiet: false, liftedHolds: ['hold'] });
    for (const hasMore of [true, false, false]) expect(await holds.letGo(consumer(), 'hold')).toBe(hasMore);
    expect(await kept()).toBe(0);
    await expect(holds.getLegalHold('hold')).rejects.toMatchObject({ code: 'not_found' });
    expect(await look()).toMatchObject({ quiet: true, liftedHolds: [] });
    expect(await lab.redis.keys('*hold*')).toEqual([]);
  });

  test('is lifted by whoever asks for that again, and the journal has the first one’s reason', async () => {
    await switchEvidence(lab.keys, true);
    await cutShort();
    expect(await holds.removeLegalHold('hold', why)).toMatchObject({ sessions: 1_500 });
    expect(await kept()).toBe(0);
    const told = (await readOutbox(lab.keys, 10)).map(({ fields }) =>
      ['event', 'reason'].map((name) => fields.get(name)?.toString()),
    );
    expect(told).toEqual([
      ['held', 'case 12'],
      ['lifted', 'closed'],
    ]);
  });
});

test('a legal hold that is placed anew under an id keeps its sessions, whoever still lifts the one before it', async () => {
  await cutShort();
  await holds.removeLegalHold('hold', why);
  await holds.addLegalHold({ ...why, id: 'hold', consumer: consumer(), sessionIds: ids(2) });
  expect(await holds.letGo(consumer(), 'hold')).toBe(false);
  expect(await kept()).toBe(2);
  expect(await holds.getLegalHold('hold')).toMatchObject({ sessions: 2 });
});
