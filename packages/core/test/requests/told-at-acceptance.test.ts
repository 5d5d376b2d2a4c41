import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { noteGuards } from '../../src/lanes/guards.ts';
import { approveRequest } from '../../src/requests/approval.ts';
import { openRequest } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
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

const hourMs = 3_600_000;

async function view(id = 'r') {
  const found = await readRequest(lab.keys, id);
  if (found === undefined) throw new Error(`no request ${id}`);
  return found;
}

describe('what is accepted says at once what keeps it', () => {
  test.each([
    ['in one step', 11],
    ['in chunks', 2_500],
  ])('stored %s it waits for its approval, before any worker has seen it', async (_how, items) => {
    await noteGuards(lab.keys, { approvalOver: 10, holdWindowMs: hourMs });
    const made = await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: ids(items) });
    expect((made ?? (await view())).state).toBe('waiting');
    expect(await view()).toMatchObject({ state: 'waiting', counts: { pending: items } });
    expect(await view()).not.toHaveProperty('startsAt');
    await approveRequest(lab.keys, 'r', { by: 'ada' });
    expect((await openRequest(lab.keys, 'r')).state).toBe('accepted');
    expect(await lab.redis.zcard(`${lab.keys.base}deletion:rotation`)).toBe(0);
  });

  test('one that needs no approval says when its hold window is over, and opening it does not put that off', async () => {
    await noteGuards(lab.keys, { approvalOver: 10, holdWindowMs: hourMs });
    const made = await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: ids(3) });
    expect(made).toMatchObject({ state: 'accepted' });
    expect(Date.parse(made?.startsAt ?? '') - Date.parse(made?.createdAt ?? '')).toBe(hourMs);
    await openRequest(lab.keys, 'r');
    expect((await view()).startsAt).toBe(made?.startsAt);
  });

  test('a resubmission waits for nobody', async () => {
    await noteGuards(lab.keys, { approvalOver: 0, holdWindowMs: hourMs });
    const made = await storeRequest(lab.keys, { id: 'r', kind: 'resubmission', ignoring: false, items: ['AAAA'] });
    expect(made?.state).toBe('accepted');
    expect(made).not.toHaveProperty('startsAt');
  });

  test('a deadline that was over before is missed, and one to come is not', async () => {
    const past = '2020-01-01T00:00:00.000Z';
    const made = await storeRequest(lab.keys, {
      id: 'r',
      kind: 'deletion',
      ignoring: false,
      items: ids(1),
      notes: { deadline: past },
    });
    expect([made?.missed, (await view()).missed]).toEqual([past, past]);
    const deadline = new Date(Date.now() + hourMs).toISOString();
    await storeRequest(lab.keys, {
      id: 'later',
      kind: 'deletion',
      ignoring: false,
      items: ids(1),
      notes: { deadline },
    });
    expect(await view('later')).not.toHaveProperty('missed');
  });
});
