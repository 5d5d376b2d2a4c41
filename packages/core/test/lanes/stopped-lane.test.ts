import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readRequest } from '../../src/requests/view.ts';
import { back, ids, Lab, unused } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

describe('a stopped lane', () => {
  test('claims nothing until a probe is due, and at once with other credentials (invariant 10)', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const back = { cause: 'consumer', code: '41001', message: 'wrong signature', dueInMs: 0 } as const;
    await lane.giveBack(claim, { how: 'anchor', msSinceHeaders: 0 }, back);
    expect((await lane.claim('two')).is).toBe('stopped');
    const view = await readRequest(lab.keys, 'r');
    expect(view?.laneStopped).toMatchObject({ code: '41001', message: 'wrong signature' });
    expect(view?.counts.failed).toBe(0);

    const mended = lab.lane('deletion', { fingerprint: 'b' });
    const probe = await lab.claim(mended, 'three');
    expect((await mended.claim('four')).is).toBe('stopped');
    const permit = await mended.beginSend(probe);
    expect(permit.is).toBe('go');
    await mended.recordReference(probe, permit.is === 'go' ? permit.attempt : '', 'ref', {
      msSinceHeaders: 0,
      firstPollMs: 0,
    });
    expect((await readRequest(lab.keys, 'r'))?.laneStopped).toBeUndefined();
    expect((await mended.claim('five')).is).toBe('batch');
  });

  test('stays open to a replica with good credentials beside one with bad ones', async () => {
    await lab.request('r', ids(1_000));
    const quota = { calls: 50, windowMs: 5_000 };
    const [bad, good] = [lab.lane('deletion', { quota }), lab.lane('deletion', { quota, fingerprint: 'good' })];
    const refused = await lab.claim(bad, 'bad-1');
    await bad.beginSend(refused);
    const back = { cause: 'consumer', code: '41003', message: 'wrong', dueInMs: 0 } as const;
    await bad.giveBack(refused, { how: 'anchor', msSinceHeaders: 0 }, back);
    for (const id of ['good-1', 'good-2', 'good-3']) await lab.submit(good, id);
    // The good one's successes do not start the bad one again.
    expect((await bad.claim('bad-2')).is).toBe('stopped');
    expect((await readRequest(lab.keys, 'r'))?.laneStopped).toBeUndefined();
  });

  test('is not stopped again by a give-back whose reply was lost', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const back = { cause: 'consumer', code: '41001', message: 'wrong signature', dueInMs: 0 } as const;
    const giveBack = () => lane.giveBack(claim, { how: 'anchor', msSinceHeaders: 0 }, back);
    await giveBack();
    const mended = lab.lane('deletion', { fingerprint: 'b' });
    await lab.submit(mended, 'two');
    expect(await giveBack()).toBe(false);
    expect((await mended.claim('three')).is).toBe('batch');
    expect((await readRequest(lab.keys, 'r'))?.laneStopped).toBeUndefined();
  });

  test('probes again at once when a probe was settled without a call', async () => {
    await lab.request('r', ids(120));
    const lane = lab.lane();
    const first = await lab.claim(lane, 'one');
    await lane.beginSend(first);
    await lane.giveBack(first, { how: 'unused' }, { cause: 'consumer', code: '40001', message: 'no', dueInMs: 0 });
    const mended = lab.lane('deletion', { fingerprint: 'mended' });
    const probe = await lab.claim(mended, 'two');
    const outcomes = ids(50).map(() => 'alreadyDeleted' as const);
    await mended.resolve(
      probe.batch,
      { claims: probe.claims },
      { outcomes },
      { slot: probe.slot, as: { how: 'unused' } },
    );
    expect((await mended.claim('three')).is).toBe('batch');
  });

  test('probes again at once when a probe said nothing of the consumer', async () => {
    await lab.request('r', ids(200));
    const lane = lab.lane();
    const claim = await lab.claim(lane, 'one');
    await lane.beginSend(claim);
    const slot = { how: 'anchor', msSinceHeaders: 0 } as const;
    await lane.giveBack(claim, slot, { cause: 'consumer', code: '41001', message: 'wrong', dueInMs: 0 });
    const mended = lab.lane('deletion', { fingerprint: 'b' });
    const probe = await lab.claim(mended, 'two');
    expect((await mended.claim('three')).is).toBe('stopped');
    await mended.beginSend(probe);
    await mended.giveBack(probe, slot, { cause: 'transient', code: '10000', message: 'down', dueInMs: 0 });
    expect((await mended.claim('four')).is).toBe('batch');
  });

  const anchored = { how: 'anchor', msSinceHeaders: 0 } as const;

  test('sends nothing that was claimed before, and giving it back is no leave to probe (invariant 10)', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane();
    const [one, two] = [await lab.claim(lane, 'one'), await lab.claim(lane, 'two')];
    await lane.beginSend(one);
    await lane.giveBack(one, anchored, back('consumer'));
    expect(await lane.beginSend(two)).toEqual({ is: 'no', reason: 'stopped' });
    await lane.giveBack(two, unused, back('unsent'));
    expect((await lane.claim('three')).is).toBe('stopped');
    expect(await lab.counts('r')).toMatchObject({ claimed: 100, failed: 0 });
  });

  test('lets one call through to see, and no other beside it', async () => {
    await lab.request('r', ids(400));
    const lane = lab.lane();
    const one = await lab.claim(lane, 'one');
    await lane.beginSend(one);
    await lane.giveBack(one, anchored, back('consumer'));
    await lab.redis.hset(`${lab.keys.base}deletion:stops`, 'a', Date.now() - 1_000);
    const probe = await lab.claim(lane, 'probe');
    expect((await lane.claim('beside')).is).toBe('stopped');
    expect((await lane.beginSend(probe)).is).toBe('go');
    await lane.giveBack(probe, anchored, back('consumer'));
    expect((await lane.claim('after')).is).toBe('stopped');
  });

  test('forgets credentials that nobody uses any more', async () => {
    await lab.request('r', ids(50));
    const lane = lab.lane();
    const one = await lab.claim(lane, 'one');
    await lane.beginSend(one);
    await lane.giveBack(one, anchored, back('consumer'));
    const day = 24 * 3600 * 1000;
    const ttl = await lab.redis.pttl(`${lab.keys.base}deletion:stops`);
    expect(ttl).toBeGreaterThan(day - 10_000);
    expect(ttl).toBeLessThanOrEqual(day);
  });
});
