import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { redriveItems } from '../../src/requests/control.ts';
import { all, back, ids, Lab, unused } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

describe('what goes out again after an unknown outcome (invariant 7)', () => {
  const resent = async (id: string) => Number((await lab.counts(id)).resent ?? 0);

  test('is counted in its request, each item once, however often and in however many parts it goes', async () => {
    await lab.request('one', ids(20));
    await lab.request('other', ids(30, 100));
    const lane = lab.lane();
    const first = await lab.claim(lane, 'first');
    await lane.beginSend(first);
    await lane.giveBack(first, unused, back('unknown'));
    expect([await resent('one'), await resent('other')]).toEqual([0, 0]);
    const again = await lab.claim(lane, 'again');
    await lane.beginSend(again);
    await lane.beginSend(again);
    expect([await resent('one'), await resent('other')]).toEqual([20, 30]);
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
    const halves = Array.from({ length: 50 }, (_, i) => i % 2);
    await lane.resolve('first', { claims: again.claims }, { outcomes: halves, children });
    await lane.beginSend(await lab.claim(lane, 'half'));
    expect([await resent('one'), await resent('other')]).toEqual([20, 30]);
  });

  test('is not counted where the outcome was known', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    for (const cause of ['unsent', 'transient', 'quota'] as const) {
      const claim = await lab.claim(lane, `before ${cause}`);
      await lane.beginSend(claim);
      await lane.giveBack(claim, unused, back(cause));
      await lab.redis.hdel(`${lab.keys.base}quota`, 'blocked:deletion');
    }
    await lane.beginSend(await lab.claim(lane, 'last'));
    expect(await resent('r')).toBe(0);
  });

  test('is counted when a person sends again what was parked', async () => {
    const texts = Array.from({ length: 3 }, (_, i) => Buffer.from(`submission ${i}`).toString('base64'));
    await lab.request('r', texts, 'resubmission', true);
    const lane = lab.lane('resubmission');
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    await lane.resolve('one', { claims: claim.claims }, { outcomes: all(3, 'parked'), code: 'c', message: 'm' });
    expect(await resent('r')).toBe(0);
    await redriveItems(lab.keys, 'r', { from: 'parked', action: 'resend', items: 3, retentionMs: 60_000 });
    expect(await resent('r')).toBe(3);
  });
});

describe('what is closed', () => {
  test('counts absent items among the succeeded, and tells both', async () => {
    await lab.request('r', ids(10));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'one');
    await lane.resolve('one', { reference }, { outcomes: [...all(4, 'absent'), ...all(6, 'succeeded')] });
    expect(await lab.counts('r')).toMatchObject({ state: 'completed', succeeded: 10, absent: 4 });
    expect((await lab.batch('one')).outcome).toMatchObject({ succeeded: 10, absent: 4 });
  });

  test('goes after its retention, all of it, and what is open never does', async () => {
    const retentionMs = 60_000;
    const texts = Array.from({ length: 50 }, (_, i) => Buffer.from(`submission ${i}`).toString('base64'));
    const lane = lab.lane('resubmission', { quota: { calls: 50, windowMs: 1 }, retentionMs });
    await lab.request('closed', texts, 'resubmission');
    const { reference } = await lab.submit(lane, 'one');
    await lane.resolve('one', { reference }, { outcomes: all(50, 'failed') });
    await lab.request('open', [...texts, 'AAAA'], 'resubmission');
    await lab.submit(lane, 'two');
    const [going, staying]: [string[], string[]] = [[], []];
    for (const key of await lab.redis.keys(`${lab.keys.base}*`)) {
      const name = key.slice(lab.keys.base.length);
      if (!/^(request|batch):/.test(name)) continue;
      const ttl = await lab.redis.pttl(key);
      (ttl === -1 ? staying : going).push(name);
      expect(ttl).toBeLessThanOrEqual(retentionMs);
    }
    const parts = ['batches', 'codes', 'failures', 'payloads'].map((part) => `request:closed:${part}`);
    const ofRequest = ['request:closed', ...parts];
    expect(going.sort()).toEqual(['batch:one', 'batch:one:items', ...ofRequest]);
    const ofOpen = ['request:open', 'request:open:batches', 'request:open:items', 'request:open:payloads'];
    expect(staying.sort()).toEqual(['batch:two', 'batch:two:items', ...ofOpen]);
  });

  test('remembers bad items, and forgets them in the course of some ten batches', async () => {
    await lab.request('r', ids(1_000));
    const lane = lab.lane('deletion', { quota: { calls: 1_000, windowMs: 1 } });
    const { reference } = await lab.submit(lane, 'bad');
    await lane.resolve('bad', { reference }, { outcomes: [...all(8, 'failed'), ...all(42, 'succeeded')] });
    expect((await lane.health()).badItems).toBe(8);
    for (let i = 0; i < 10; i += 1) {
      const good = await lab.submit(lane, `good${i}`);
      await lane.resolve(`good${i}`, { reference: good.reference }, { outcomes: all(50, 'succeeded') });
    }
    expect((await lane.health()).badItems).toBeCloseTo(4, 0);
    expect((await lane.health()).successes).toBe(11);
  });
});
