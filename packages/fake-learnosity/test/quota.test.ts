import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { formOf, key, secret } from './stage/caller.ts';
import { type Stage, stage } from './stage/stage.ts';

type Send = (on: Stage) => Promise<{ status: number }>;

const calls: Record<'deletion' | 'resubmission' | 'jobs' | 'metadata', { quota: number; send: Send }> = {
  deletion: { quota: 5, send: (on) => on.deletion(['a']) },
  resubmission: { quota: 50, send: (on) => on.resubmission(['AAAA']) },
  jobs: { quota: 1000, send: (on) => on.jobs({}) },
  metadata: { quota: 1000, send: (on) => on.metadata({}) },
};

async function statuses(count: number, send: () => Promise<{ status: number }>): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  for (let sent = 0; sent < count; sent += 1) {
    const { status } = await send();
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

describe('the quota', () => {
  test.each(Object.entries(calls))(
    'of %s is as documented, and over it comes the documented 429',
    async (name, call) => {
      const on = await stage();
      expect(await statuses(call.quota, () => call.send(on))).toEqual({ 200: call.quota });
      on.advance(4999);
      const reply = await call.send(on);
      expect(reply).toMatchObject({
        status: 429,
        text: '{"meta":{"status":false,"code":42000,"message":"Too many requests"}}',
      });
      expect(reply).not.toHaveProperty('headers.retry-after');
      on.advance(1);
      expect((await call.send(on)).status).toBe(200);
      expect(on.fake.books().consumers[key]?.[name as keyof typeof calls]).toMatchObject({
        received: call.quota + 2,
        counted: call.quota + 1,
        accepted: call.quota + 1,
        refused429: 1,
        mostInWindow: { counted: call.quota, refused429: 1 },
      });
    },
  );

  test('slides: no window of five seconds holds more than five, wherever it starts', async () => {
    const on = await stage();
    const accepted: number[] = [];
    for (let step = 0; step < 150; step += 1) {
      if ((await on.deletion(['a'])).status === 200) accepted.push(on.now());
      on.advance(173);
    }
    for (const start of accepted) {
      expect(accepted.filter((at) => at >= start && at < start + 5000).length).toBeLessThanOrEqual(5);
    }
    expect(accepted).toHaveLength(30);
  });

  test('is spent by accepted calls only: a refused one takes no place', async () => {
    const on = await stage();
    await statuses(5, () => on.deletion(['a']));
    on.advance(4000);
    expect(await statuses(20, () => on.deletion(['a']))).toEqual({ 429: 20 });
    on.advance(1000);
    expect(await statuses(6, () => on.deletion(['a']))).toEqual({ 200: 5, 429: 1 });
    expect(on.fake.books().consumers[key]?.deletion).toMatchObject({
      refused429: 21,
      mostInWindow: { counted: 5, refused429: 21, received: 26 },
    });
  });

  test('is not spent by a call with a wrong signature, but is by one with wrong parameters', async () => {
    const on = await stage();
    expect(await statuses(9, () => on.deletion(['a'], { secret: 'wrong' }))).toEqual({ 403: 9 });
    expect(await statuses(4, () => on.deletion([]))).toEqual({ 400: 4 });
    expect(await statuses(2, () => on.deletion(['a']))).toEqual({ 200: 1, 429: 1 });
  });

  test('is each call its own, and each consumer its own', async () => {
    const other = {
      key: 'other',
      secret: 'other',
      domains: ['localhost'],
      quotas: { deletion: { calls: 2, windowMs: 100 } },
    };
    const on = await stage({ consumers: [{ key, secret, domains: ['localhost'] }, other] });
    await statuses(5, () => on.deletion(['a']));
    expect((await on.resubmission(['AAAA'])).status).toBe(200);
    const asOther = () => on.deletion(['a'], { key: 'other', secret: 'other' });
    expect(await statuses(3, asOther)).toEqual({ 200: 2, 429: 1 });
    on.advance(100);
    expect((await asOther()).status).toBe(200);
  });

  test('can be lifted, and the books still count the calls of a window', async () => {
    const on = await stage({ quotas: { deletion: null } });
    expect(await statuses(40, () => on.deletion(['a']))).toEqual({ 200: 40 });
    expect(on.fake.books().consumers[key]?.deletion).toMatchObject({ quota: null, mostInWindow: { counted: 40 } });
  });

  test('counts a call from the arrival of its headers, not of its body', async () => {
    const on = await stage();
    const body = formOf({ action: 'delete', request: { session_ids: ['slow'] }, now: on.now() });
    const slow = request(`${on.fake.url}/v2026.2.LTS/sessions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        expect: '100-continue',
      },
    });
    const status = new Promise<number | undefined>((resolve) => {
      slow.on('response', (response) => resolve(response.resume().statusCode));
    });
    const continued = new Promise((resolve) => slow.on('continue', resolve));
    slow.flushHeaders();
    await continued;
    const arrived = on.now();
    on.advance(4000);
    expect(await statuses(5, () => on.deletion(['a']))).toEqual({ 200: 5 });
    // Its headers came within five seconds of all five: it is the sixth, although it asks last.
    slow.end(body);
    expect(await status).toBe(429);
    expect(on.fake.books().consumers[key]?.deletion).toMatchObject({
      firstArrival: arrived,
      lastArrival: arrived + 4000,
    });
  });

  test('counts a call before its latency', async () => {
    const on = await stage({
      clock: undefined,
      latencyMs: { min: 60, max: 60 },
      quotas: { jobs: { calls: 1, windowMs: 60_000 } },
    });
    const now = Date.now();
    const both = await Promise.all([on.jobs({}, { now }), on.jobs({}, { now })]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });
});
