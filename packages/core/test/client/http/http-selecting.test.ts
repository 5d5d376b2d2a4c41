import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { HttpSessionQueue, type HttpSessionQueueOptions } from '../../../src/client/index.ts';
import { problem, StandIn, shown } from './stand-in.ts';

leakGuard();

let producer: StandIn;
beforeAll(async () => {
  producer = await StandIn.start();
});
afterAll(() => producer.stop());
beforeEach(() => producer.reset());

function open(options: Partial<HttpSessionQueueOptions> = {}): HttpSessionQueue {
  return new HttpSessionQueue({ url: producer.url, pause: async () => undefined, ...options });
}

const filter = { userIds: ['u1'] };
const selection = {
  id: 's-1',
  consumer: 'default',
  state: 'walking',
  filter,
  count: 0,
  pages: 0,
  shown: 0,
  createdAt: '2026-11-24T12:00:00.000Z',
};
const lines = (count: number) => Array.from({ length: count }, (_, n) => `"session ${n}"\n`).join('');

async function found(queue: HttpSessionQueue): Promise<string[]> {
  const all: string[] = [];
  for await (const some of queue.selectedSessions('s-1')) all.push(...some);
  return all;
}

describe('a selection over HTTP', () => {
  test('is asked for with the same key until it is answered', async () => {
    producer.answers('cut', problem('memory-short', 503), { status: 202, body: selection });
    expect(await open({ token: 'secret' }).select({ id: 'key-1', filter, reason: 'law' })).toEqual(selection);
    const asked = producer.arrivals.map(({ url, headers, body }) => [url, headers['idempotency-key'], body]);
    const body = JSON.stringify({ filter, reason: 'law' });
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['/v1/selections', 'key-1', body]));
    expect(producer.arrivals[0]?.headers.authorization).toBe('Bearer secret');
  });

  test('that was there already is shown as it is now, or as it was then where nobody may look', async () => {
    const replayed = { status: 202, headers: { 'idempotent-replayed': 'true' }, body: selection };
    producer.answers(replayed, { body: { ...selection, state: 'failed' } }, replayed, problem('missing-scope', 403));
    expect(await open().select({ filter })).toMatchObject({ state: 'failed' });
    expect(await open().select({ filter })).toMatchObject({ state: 'walking' });
  });

  test('of a later producer is understood as far as it is known', async () => {
    producer.answers({ body: { ...selection, filter: { ...filter, moods: ['good'] }, more: 1 } });
    expect(await open().getSelection('s/1')).toEqual(selection);
    expect(producer.arrivals[0]?.url).toBe('/v1/selections/s%2F1');
  });

  test('is asked to be deleted by what was seen of it, with the same key until it is answered', async () => {
    producer.answers('cut', { status: 202, body: shown() });
    const chosen = { selection: 's-1', expectDigest: 'a'.repeat(64), expectCount: 2 };
    await open().deleteSelection({ ...chosen, id: 'key-2', priority: 'low' });
    const asked = producer.arrivals.map(({ url, headers, body }) => [
      url,
      headers['idempotency-key'],
      JSON.parse(body),
    ]);
    expect(asked).toEqual(Array.from({ length: 2 }, () => ['/v1/deletions', 'key-2', { ...chosen, priority: 'low' }]));
  });
});

describe('its sessions over HTTP', () => {
  test('come at most 1,000 at a time, however they are cut up on the way, and are asked for again until they come', async () => {
    const text = `"ü"\n${lines(3_000)}`;
    producer.answers('cut', { body: text });
    const sizes: number[] = [];
    for await (const some of open().selectedSessions('s-1')) sizes.push(some.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3_001);
    expect(producer.arrivals.map(({ headers }) => headers.accept)).toEqual(Array(2).fill('application/x-ndjson'));
    producer.handle = (_request, response) => {
      const bytes = Buffer.from('"ü"\n"ß"\n');
      response.write(bytes.subarray(0, 2));
      setTimeout(() => response.end(bytes.subarray(2)), 20);
    };
    expect(await found(open())).toEqual(['ü', 'ß']);
  });

  test.each(['in the middle of one', 'by a proxy that ends it as if it were whole'])(
    'that are cut off %s are refused, and not asked for again',
    async (what) => {
      let calls = 0;
      producer.handle = (_request, response) => {
        calls += 1;
        response.write('"a"\n"b');
        if (what.startsWith('by')) response.end();
        else setTimeout(() => response.destroy(), 20);
      };
      await expect(found(open())).rejects.toMatchObject({ code: 'unavailable' });
      expect(calls).toBe(1);
    },
  );

  test('are waited for no longer than nothing may move, but for whoever reads them slowly', async () => {
    producer.answers({ body: lines(2_500) });
    const slowly: string[] = [];
    for await (const some of open({ timeoutMs: 250 }).selectedSessions('s-1')) {
      await sleep(400);
      slowly.push(...some);
    }
    expect(slowly).toHaveLength(2_500);
    producer.handle = (_request, response) => void response.write('"a"\n');
    await expect(found(open({ timeoutMs: 250 }))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('are let go of by whoever has seen enough', async () => {
    const closed = new Promise<void>((resolve) => {
      producer.handle = (_request, response) => {
        response.once('close', () => resolve());
        response.write(lines(10));
      };
    });
    for await (const some of open().selectedSessions('s-1')) {
      expect(some[0]).toBe('session 0');
      break;
    }
    await closed;
  });

  test('are none of what is no list of sessions', async () => {
    producer.answers({ body: '<html>\n' });
    await expect(found(open())).rejects.toMatchObject({ code: 'invalid', field: 'url' });
    producer.answers(problem('conflict', 409, { detail: 'this selection is walking' }));
    await expect(found(open())).rejects.toMatchObject({ code: 'conflict', message: 'this selection is walking' });
  });
});
