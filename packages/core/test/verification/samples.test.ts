import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { requestKey } from '../../src/lanes/keys.ts';
import { survey } from '../../src/lanes/survey.ts';
import { readItems, readRequest } from '../../src/requests/view.ts';
import { recordSample, type Sample, takeSample } from '../../src/verification/samples.ts';
import { readVerificationFigures } from '../../src/verification/verification-figures.ts';
import { ids, Lab, quotas } from '../lanes/lab.ts';
import { completed, record, selected, settingsOf, take } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.redis.flushall();
  lab.next();
  await settingsOf(lab, { sampleAfterMs: [1] });
});

/** A request of 50 sessions a batch, all of them verified. */
async function verified(batches: number): Promise<void> {
  await selected(lab, 'r', ids(50 * batches));
  for (let i = 0; i < batches; i += 1) await completed(lab, `b-${i}`);
  for (const piece of await take(lab)) await record(lab, piece);
}

async function sample(token = 'me'): Promise<Sample> {
  for (;;) {
    const claim = await takeSample(lab.keys, token);
    if (claim.is === 'sample') return claim.sample;
    if (claim.ms === undefined || claim.ms > 5) throw new Error(`no sample is due: ${JSON.stringify(claim)}`);
  }
}

describe('a sample of what is verified', () => {
  test('holds at most 50 sessions, taken from all of the request', async () => {
    await verified(4);
    const { sessionIds, ...rest } = await sample();
    expect(rest).toEqual({ request: 'r', asked: 0 });
    expect(new Set(sessionIds).size).toBe(50);
    // A batch in four that gave none would be one in two million.
    for (let i = 0; i < 4; i += 1) expect(sessionIds.some((id) => ids(50, 50 * i).includes(id))).toBe(true);
  });

  test('is not kept where nobody asks for it later', async () => {
    await settingsOf(lab, { sampleAfterMs: [] });
    await verified(1);
    expect(await takeSample(lab.keys, 'me')).toEqual({ is: 'empty', ms: undefined });
  });

  test('tells what is back, once, in a list that goes with the record', async () => {
    await verified(1);
    const taken = await sample();
    const check = { nextMs: 0, isAsked: true, back: [3] };
    expect(await recordSample(lab.keys, 'me', taken, check)).toBe(true);
    expect(await recordSample(lab.keys, 'me', taken, check)).toBe(false);
    const view = await readRequest(lab.keys, 'r');
    if (view === undefined) throw new Error('no request');
    expect(view.verification).toMatchObject({ state: 'done', verified: 50, stillThere: 0, reappeared: 1 });
    const { items } = await readItems(lab.keys, view, 'stillThere', { from: 0, limit: 10 });
    expect(items).toEqual([{ item: taken.sessionIds[3], code: 'reappeared', message: expect.any(String) }]);
    expect(await lab.redis.pttl(`${requestKey(lab.keys, 'r')}:still-there`)).toBeGreaterThan(0);
    const later = await sample();
    expect(later.asked).toBe(1);
    expect(later.sessionIds).not.toContain(taken.sessionIds[3]);
    const figures = await readVerificationFigures(lab.redis, 'test', lab.keys.consumer);
    expect(figures).toMatchObject({ verified: 50, waiting: 0, sampled: 50, reappeared: 1, unseen: 0 });
    expect(figures.reappearedAt).toBeGreaterThan(Date.now() - 60_000);
    expect(figures.stillThereAt).toBeUndefined();
  });

  test('that Learnosity did not answer for is asked for again, as often as before', async () => {
    await verified(1);
    await recordSample(lab.keys, 'me', await sample(), { nextMs: 0, isAsked: false, back: [] });
    expect((await sample()).asked).toBe(0);
  });

  test('is over after its last time, and keeps no consumer busy', async () => {
    await verified(1);
    await lab.redis.del(`${lab.keys.base}finish`);
    const options = { most: 10, abandonedAfterMs: 1, mirrorGraceMs: 1, cursors: { requests: '0', batches: '0' } };
    const look = () => survey(lab.keys, { ...options, quotas, countedSince: 0 });
    expect(await look()).toMatchObject({ quiet: true, nextVerificationMs: expect.any(Number) });
    await recordSample(lab.keys, 'me', await sample(), { nextMs: undefined, isAsked: true, back: [] });
    expect(await look()).toMatchObject({ quiet: true, nextVerificationMs: undefined });
  });

  test('of a request that is still open waits', async () => {
    await selected(lab, 'r', ids(70));
    await completed(lab, 'b');
    for (const piece of await take(lab)) await record(lab, piece);
    await expect(sample()).rejects.toThrow('no sample is due');
    expect(await lab.redis.zscore(`${lab.keys.base}samples`, 'r')).not.toBeNull();
  });

  test('of a record that has aged out is forgotten', async () => {
    await verified(1);
    await lab.redis.del(requestKey(lab.keys, 'r'), `${requestKey(lab.keys, 'r')}:sample`);
    await expect(sample()).rejects.toThrow('no sample is due');
    expect(await lab.redis.exists(`${lab.keys.base}samples`)).toBe(0);
  });
});
