import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { recordRefusal } from '../../src/requests/control.ts';
import { ids } from '../lanes/lab.ts';
import { takeAll } from '../requests/lane-contents.ts';
import { ClientLab, submissions } from './client-lab.ts';

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

/** A request of two ids that has ended with these outcomes. */
async function ended(...outcomes: ItemOutcome[]): Promise<string> {
  const id = await lab.accepted(outcomes.map((_, index) => `id ${index}`));
  await lab.open(id);
  await lab.sendBatch('deletion', (index) => outcomes[index] ?? 'failed', '20001', 'bad');
  return id;
}

/** Submissions that may overwrite newer responses and whose sending had no answer. */
async function parked(n: number): Promise<string> {
  const asked = { consumer: lab.consumer, submissions: submissions(n), ignoreResponseRevisions: true };
  const { id } = await lab.client.resubmit(asked);
  await lab.open(id);
  for (let left = n; left > 0; left -= 50) await lab.sendBatch('resubmission', () => 'parked', 'DEADLINE', 'no answer');
  return id;
}

const conflict = (message: string) => ({ code: 'conflict', message });

describe('a held request', () => {
  test('gives the lane nothing until it is released', async () => {
    const id = await lab.accepted(['a', 'b']);
    await lab.open(id);
    expect(await lab.client.hold(id)).toMatchObject({ id, state: 'held', counts: { pending: 2 } });
    expect(await takeAll(lab.lab)).toEqual([]);
    expect(await lab.client.release(id)).toMatchObject({ id, state: 'processing' });
    expect(await takeAll(lab.lab)).toEqual(['a', 'b']);
  });

  test('held before its intake stays held when intake comes', async () => {
    const id = await lab.accepted(['a']);
    expect((await lab.client.hold(id)).state).toBe('held');
    await lab.open(id);
    expect((await lab.view(id)).state).toBe('held');
    await lab.client.release(id);
    await lab.open(id);
    expect(await takeAll(lab.lab)).toEqual(['a']);
  });

  test('is held and released twice with the same effect (invariant 11)', async () => {
    const id = await lab.accepted(['a']);
    await lab.open(id);
    expect((await lab.client.hold(id)).state).toBe('held');
    expect((await lab.client.hold(id)).state).toBe('held');
    expect((await lab.client.release(id)).state).toBe('processing');
    expect((await lab.client.release(id)).state).toBe('processing');
    expect(await takeAll(lab.lab)).toEqual(['a']);
  });

  test('ends when what was under way ends and nothing else is left', async () => {
    const id = await lab.accepted(['a']);
    await lab.open(id);
    const lane = lab.lab.lane('deletion');
    const { reference } = await lab.lab.submit(lane, 'one');
    await lab.client.hold(id);
    await lane.resolve('one', { reference }, { outcomes: ['succeeded'] });
    expect((await lab.view(id)).state).toBe('completed');
  });

  test('can be cancelled', async () => {
    const id = await lab.accepted(['a']);
    await lab.client.hold(id);
    expect(await lab.client.cancel(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 1, pending: 0 } });
  });
});

describe('a cancelled request', () => {
  test('ends at once when nothing of it was sent, and its lane gives nothing of it', async () => {
    const id = await lab.accepted(ids(120));
    await lab.open(id);
    expect(await lab.client.cancel(id)).toMatchObject({
      state: 'cancelled',
      counts: { total: 120, cancelled: 120, pending: 0 },
      finishedAt: expect.any(String),
    });
    expect(await takeAll(lab.lab)).toEqual([]);
  });

  test('of more submissions than one step takes is cancelled whole, and no text of it is kept', async () => {
    const { id } = await lab.client.resubmit({ consumer: lab.consumer, submissions: submissions(2_300) });
    expect(await lab.client.cancel(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 2_300, pending: 0 } });
    expect(await lab.lab.redis.exists(`${lab.lab.keys.base}request:${id}:payloads`)).toBe(0);
  });

  test('leaves its parked items to a person: they may have had their effect', async () => {
    const id = await parked(60);
    expect(await lab.client.cancel(id)).toMatchObject({ state: 'processing', counts: { cancelled: 0, parked: 60 } });
    await lab.client.resolveParked(id, 'resend');
    expect(await takeAll(lab.lab, 'resubmission')).toEqual(submissions(60));
  });

  test('cannot be held once all is over', async () => {
    const id = await lab.accepted(['a']);
    await lab.client.cancel(id);
    await expect(lab.client.hold(id)).rejects.toMatchObject(conflict('this request is cancelled: it cannot be held'));
  });
});

describe('a finished request', () => {
  test.each([
    ['cancel', 'cancelled'],
    ['hold', 'held'],
    ['release', 'released'],
  ] as const)('cannot %s', async (change, done) => {
    const id = await ended('succeeded');
    await expect(lab.client[change](id)).rejects.toMatchObject(
      conflict(`this request is completed: it cannot be ${done}`),
    );
    expect((await lab.view(id)).state).toBe('completed');
  });

  test('without failed items has none to retry', async () => {
    const id = await ended('succeeded');
    const refusal = conflict('this request has no failed items to retry');
    await expect(lab.client.retryFailed(id, { reason: 'mended' })).rejects.toMatchObject(refusal);
    await recordRefusal(lab.lab.keys, 'refused', { reason: 'no list', kind: 'deletion', retentionMs: 60_000 });
    await lab.lab.redis.set('test:index:refused', `deletion ${lab.consumer}`);
    await expect(lab.client.retryFailed('refused', { reason: 'mended' })).rejects.toMatchObject(refusal);
  });
});

describe('failed items', () => {
  test('are retried, only they, and the request ends anew', async () => {
    const id = await ended('succeeded', 'failed', 'failed');
    const view = await lab.client.retryFailed(id, { reason: 'mended' });
    expect(view).toMatchObject({ state: 'processing', counts: { succeeded: 1, failed: 0, pending: 2 } });
    expect(view).not.toHaveProperty('finishedAt');
    expect(await lab.client.listItems(id, 'failed')).toEqual({ items: [] });
    expect(await takeAll(lab.lab)).toEqual(['id 1', 'id 2']);
  });

  test('of a retried request last as long as an open one: nothing of it expires', async () => {
    const id = await ended('failed');
    await lab.lab.redis.expire(`test:index:${id}`, 60);
    await lab.client.retryFailed(id, { reason: 'mended' });
    for (const key of await lab.lab.redis.keys(`*${id}*`))
      expect([key, await lab.lab.redis.ttl(key)]).toEqual([key, -1]);
  });

  test('have a job in BullMQ again, though theirs was removed', async () => {
    const id = await ended('failed');
    await lab.queues.deletion.remove(id);
    await lab.client.retryFailed(id, { reason: 'mended' });
    expect(await (await lab.queues.deletion.getJob(id))?.getState()).toBe('waiting');
  });

  test('cannot be retried while the request goes on', async () => {
    const id = await lab.accepted(ids(60));
    await lab.open(id);
    await lab.sendBatch('deletion', () => 'failed', '20001', 'bad');
    const refusal = conflict('this request is processing: it cannot be retried before it is finished');
    await expect(lab.client.retryFailed(id, { reason: 'mended' })).rejects.toMatchObject(refusal);
    expect((await lab.view(id)).counts.failed).toBe(50);
  });

  test('of more than one step takes are all retried', async () => {
    const id = await lab.accepted(ids(2_100));
    await lab.open(id);
    for (let sent = 0; sent < 2_100; sent += 50) await lab.sendBatch('deletion', () => 'failed', '20001', 'bad');
    expect((await lab.view(id)).counts.failed).toBe(2_100);
    expect(await lab.client.retryFailed(id, { reason: 'mended' })).toMatchObject({
      state: 'processing',
      counts: { failed: 0, pending: 2_100 },
    });
    expect(await takeAll(lab.lab)).toEqual(ids(2_100));
  });

  test('of a request that was cancelled in part are retried, and not cancelled again', async () => {
    const id = await lab.accepted(ids(60));
    await lab.open(id);
    await lab.sendBatch('deletion', () => 'failed', '20001', 'bad');
    await lab.client.cancel(id);
    await lab.client.retryFailed(id, { reason: 'mended' });
    await lab.sendBatch('deletion', () => 'succeeded');
    expect(await lab.view(id)).toMatchObject({
      state: 'cancelled',
      counts: { succeeded: 50, failed: 0, cancelled: 10 },
    });
  });
});

describe('parked items', () => {
  test('are sent again when a person says so', async () => {
    const id = await parked(60);
    expect(await lab.view(id)).toMatchObject({ state: 'processing', counts: { parked: 60 } });
    expect((await lab.client.resolveParked(id, 'resend')).counts).toMatchObject({ parked: 0, pending: 60 });
    expect(await takeAll(lab.lab, 'resubmission')).toEqual(submissions(60));
  });

  test('fail when a person says so, and can be looked at', async () => {
    const id = await parked(60);
    expect(await lab.client.resolveParked(id, 'fail')).toMatchObject({
      state: 'failed',
      counts: { parked: 0, failed: 60 },
    });
    const { items } = await lab.client.listItems(id, 'failed');
    expect(items.map(({ item }) => item)).toEqual(submissions(60));
    expect(new Set(items.map(({ code, message }) => `${code}: ${message}`))).toEqual(
      new Set(['parked: A person failed it: its outcome at Learnosity was never known']),
    );
  });

  test('are none in a request that has none', async () => {
    const id = await lab.accepted(['a']);
    const refusal = conflict('this request has no parked items');
    await expect(lab.client.resolveParked(id, 'resend')).rejects.toMatchObject(refusal);
    await expect(lab.client.resolveParked(id, 'fail')).rejects.toMatchObject(refusal);
  });

  test('of a held request wait for its release too', async () => {
    const id = await parked(3);
    await lab.client.hold(id);
    expect(await lab.client.resolveParked(id, 'resend')).toMatchObject({ state: 'held', counts: { pending: 3 } });
    expect(await takeAll(lab.lab, 'resubmission')).toEqual([]);
    await lab.client.release(id);
    expect(await takeAll(lab.lab, 'resubmission')).toEqual(submissions(3));
  });
});

describe('a request that is not there', () => {
  test.each([
    ['cancel', () => lab.client.cancel('nobody')],
    ['hold', () => lab.client.hold('nobody')],
    ['release', () => lab.client.release('nobody')],
    ['retryFailed', () => lab.client.retryFailed('nobody', { reason: 'mended' })],
    ['resolveParked', () => lab.client.resolveParked('nobody', 'fail')],
    ['listItems', () => lab.client.listItems('nobody', 'failed')],
  ])('is not found by %s', async (_name, change) => {
    await expect(change()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is not found either when its record has aged out before its place in the index', async () => {
    await lab.lab.redis.set('test:index:old', `deletion ${lab.consumer}`);
    expect(await lab.client.getRequest('old')).toBeUndefined();
    await expect(lab.client.cancel('old')).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('stopping and starting a kind wakes the pumps of every lane, and who keeps the journals', async () => {
  const listener = lab.lab.redis.duplicate();
  await listener.subscribe('test:wake');
  const woken: string[] = [];
  const started = new Promise<void>((resolve) => {
    listener.on('message', (_channel, message) => {
      woken.push(message);
      if (message === 'deletion *') resolve();
    });
  });
  await lab.client.stopKind('deletion', 'r');
  await lab.client.startKind('deletion');
  await started;
  expect(woken).toEqual(['evidence *', 'evidence *', 'deletion *']);
  listener.disconnect();
});
