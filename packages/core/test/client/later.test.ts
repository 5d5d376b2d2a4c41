import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { openRequest } from '../../src/requests/control.ts';
import { takeAll } from '../requests/lane-contents.ts';
import { ClientLab } from './client-lab.ts';

leakGuard();

let lab: ClientLab;
beforeAll(async () => {
  lab = await ClientLab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.lab.redis.flushall();
  lab.lab.next();
});

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const hour = 3_600_000;

async function later(ms: number): Promise<string> {
  const asked = { consumer: lab.consumer, sessionIds: ['a', 'b'], notBefore: inMs(ms) };
  return (await lab.client.deleteSessions(asked)).id;
}

describe('a request with notBefore', () => {
  test('gives its lane nothing before, and says until when it waits', async () => {
    const id = await later(hour);
    const { state, waitMs } = await openRequest(lab.lab.keys, id);
    expect(state).toBe('accepted');
    expect(waitMs).toBeGreaterThan(hour - 10_000);
    expect(waitMs).toBeLessThanOrEqual(hour);
    expect(await takeAll(lab.lab)).toEqual([]);
    expect(await lab.view(id)).toMatchObject({ state: 'accepted', notBefore: expect.any(String) });
  });

  test('has a job that sleeps until then', async () => {
    const id = await later(hour);
    const job = await lab.queues.deletion.getJob(id);
    expect(await job?.getState()).toBe('delayed');
    expect(job?.delay).toBeGreaterThan(hour - 10_000);
  });

  test('goes out once its time has come', async () => {
    const id = await later(300);
    expect((await openRequest(lab.lab.keys, id)).state).toBe('accepted');
    await sleep(310);
    expect(await openRequest(lab.lab.keys, id)).toEqual({ state: 'processing', waitMs: 0 });
    expect(await takeAll(lab.lab)).toEqual(['a', 'b']);
  });

  test('waits on after it was held and released', async () => {
    const id = await later(hour);
    await lab.client.hold(id);
    expect((await lab.client.release(id)).state).toBe('accepted');
    expect(await takeAll(lab.lab)).toEqual([]);
  });

  test('can be cancelled', async () => {
    const id = await later(hour);
    expect(await lab.client.cancel(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 2 } });
  });

  test.each([
    ['a time without its offset', '2027-01-31T08:00:00'],
    ['no time', 'tomorrow'],
    ['one in over a year', inMs(400 * 24 * hour)],
  ])('is refused for %s', async (_, notBefore) => {
    const asked = { consumer: lab.consumer, sessionIds: ['a'], notBefore };
    await expect(lab.client.deleteSessions(asked)).rejects.toMatchObject({ code: 'invalid', field: 'notBefore' });
  });

  test('in the past goes out at once', async () => {
    const id = await later(-hour);
    await lab.open(id);
    expect(await takeAll(lab.lab)).toEqual(['a', 'b']);
  });
});

describe('a callback URL', () => {
  test('is kept with the request, and not shown in its job', async () => {
    const callbackUrl = 'https://lms.example/hooks?token=abc';
    const { id } = await lab.client.deleteSessions({ consumer: lab.consumer, sessionIds: ['a'], callbackUrl });
    expect((await lab.view(id)).callbackUrl).toBe(callbackUrl);
    expect(JSON.stringify(await lab.queues.deletion.getJob(id))).not.toContain('lms.example');
  });

  test.each(['ftp://lms.example/', 'lms.example/hook', 'https://me:secret@lms.example/', 'https://lms.example/#a'])(
    'such as %s is refused',
    async (callbackUrl) => {
      const asked = { consumer: lab.consumer, sessionIds: ['a'], callbackUrl };
      await expect(lab.client.deleteSessions(asked)).rejects.toMatchObject({ code: 'invalid', field: 'callbackUrl' });
    },
  );
});

describe('a retry', () => {
  test('keeps when, why and by whom, and the last one counts', async () => {
    const id = await lab.accepted(['a']);
    await lab.open(id);
    await lab.sendBatch('deletion', () => 'failed', '20001', 'bad');
    await lab.client.retryFailed(id, { reason: 'licence was missing', by: 'ada' });
    expect((await lab.view(id)).retried).toEqual({
      at: expect.stringMatching(/^20/),
      reason: 'licence was missing',
      by: 'ada',
    });
    await lab.sendBatch('deletion', () => 'failed', '20001', 'bad');
    await lab.client.retryFailed(id, { reason: 'once more' });
    expect((await lab.view(id)).retried).toEqual({ at: expect.any(String), reason: 'once more' });
  });

  test('is refused without a reason', async () => {
    const id = await lab.accepted(['a']);
    await expect(lab.client.retryFailed(id, { reason: '' })).rejects.toMatchObject({
      code: 'invalid',
      field: 'reason',
    });
  });
});
