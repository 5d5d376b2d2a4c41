import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readLaneFigures } from '../../src/figures/lane-figures.ts';
import { noteGuards } from '../../src/lanes/guards.ts';
import { requestKey } from '../../src/lanes/keys.ts';
import { survey } from '../../src/lanes/survey.ts';
import { approveRequest } from '../../src/requests/approval.ts';
import { cancelRequest, openRequest, setHeld } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { ids, Lab, quotas } from '../lanes/lab.ts';

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

const hourMs = 3_600_000;
const looks = {
  most: 50,
  abandonedAfterMs: 1_000,
  mirrorGraceMs: 1_000,
  cursors: { requests: '0', batches: '0' },
  quotas,
  countedSince: 0,
};

async function opened(id: string): Promise<void> {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items: ids(2) });
  await openRequest(lab.keys, id);
}

async function keptBack() {
  const { deletion } = await readLaneFigures(lab.redis, 'test', lab.keys.consumer);
  const { unapproved, unapprovedSince, inWindow } = deletion;
  return { unapproved, unapprovedSince, inWindow };
}

const none = { unapproved: 0, unapprovedSince: undefined, inWindow: 0 };

/** What a replica of a version that notes nothing leaves: the records alone are right. */
async function forgetNotes(): Promise<void> {
  await lab.redis.del(`${lab.keys.base}deletion:unapproved`, `${lab.keys.base}deletion:in-window`);
}

describe('the figures of a lane say how many deletions', () => {
  test('wait for an approval, and since when the first was asked for, until each is approved or cancelled', async () => {
    await noteGuards(lab.keys, { approvalOver: 0, holdWindowMs: 0 });
    for (const id of ['first', 'second']) await opened(id);
    await openRequest(lab.keys, 'first');
    const asked = Number(await lab.redis.hget(requestKey(lab.keys, 'first'), 'createdAt'));
    expect(await keptBack()).toEqual({ unapproved: 2, unapprovedSince: asked, inWindow: 0 });
    await approveRequest(lab.keys, 'first', { by: 'ada' });
    expect(await keptBack()).toMatchObject({ unapproved: 1 });
    await cancelRequest(lab.keys, 'second', 60_000);
    expect(await keptBack()).toEqual(none);
  });

  test('are in their hold window, until it is over', async () => {
    await noteGuards(lab.keys, { approvalOver: 0, holdWindowMs: hourMs });
    await opened('r');
    expect(await keptBack()).toMatchObject({ unapproved: 1, inWindow: 0 });
    await approveRequest(lab.keys, 'r', { by: 'ada' });
    await openRequest(lab.keys, 'r');
    expect(await keptBack()).toEqual({ ...none, inWindow: 1 });
    await lab.redis.hset(requestKey(lab.keys, 'r'), 'startsAt', Date.now() - 1);
    expect((await openRequest(lab.keys, 'r')).state).toBe('processing');
    expect(await keptBack()).toEqual(none);
  });

  test('are in a window that nobody has looked at since it ended: none', async () => {
    await noteGuards(lab.keys, { holdWindowMs: hourMs });
    await opened('r');
    await lab.redis.zadd(`${lab.keys.base}deletion:in-window`, Date.now() - 1, 'r');
    expect(await keptBack()).toEqual(none);
  });

  test('are in it no more while a person holds one, or once it is revoked', async () => {
    await noteGuards(lab.keys, { holdWindowMs: hourMs });
    await opened('r');
    await setHeld(lab.keys, 'r', 'hold');
    expect(await keptBack()).toEqual(none);
    await setHeld(lab.keys, 'r', 'release');
    expect(await keptBack()).toEqual({ ...none, inWindow: 1 });
    await cancelRequest(lab.keys, 'r', 60_000, { reason: 'wrong list' });
    expect(await keptBack()).toEqual(none);
  });

  test('the claim took out of the rotation', async () => {
    const guards = { approvalOver: 0, holdWindowMs: 0 };
    await opened('r');
    expect(await keptBack()).toEqual(none);
    const lane = lab.lane('deletion', { guards });
    let answer = await lane.claim('one');
    while (answer.is === 'wait') answer = await lane.claim('one');
    expect(answer.is).toBe('empty');
    expect(await keptBack()).toMatchObject({ unapproved: 1 });
  });
});

describe('the survey puts right what replicas of an older version did not note', () => {
  test('where they opened deletions', async () => {
    await noteGuards(lab.keys, { approvalOver: 0, holdWindowMs: 0 });
    await opened('waiting');
    await noteGuards(lab.keys, { holdWindowMs: hourMs });
    await opened('in-window');
    await forgetNotes();
    expect(await keptBack()).toEqual(none);
    await survey(lab.keys, looks);
    expect(await keptBack()).toMatchObject({ unapproved: 1, inWindow: 1 });
  });

  test('where they approved or cancelled them', async () => {
    await opened('still-open');
    await lab.redis.zadd(`${lab.keys.base}deletion:unapproved`, 1, 'still-open', 2, 'gone');
    await lab.redis.zadd(`${lab.keys.base}deletion:in-window`, Date.now() + hourMs, 'gone');
    expect(await keptBack()).toMatchObject({ unapproved: 2, inWindow: 1 });
    await survey(lab.keys, looks);
    expect(await keptBack()).toEqual(none);
  });
});
