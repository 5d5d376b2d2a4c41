import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { batchKey } from '../../src/lanes/keys.ts';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { settleRemoved } from '../../src/lanes/removed-batches.ts';
import { cancelRequest, openRequest, redriveItems } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { findSession } from '../../src/sessions/find-session.ts';
import { ids, Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const [first = '', second = '', third = ''] = ids(3);
const retentionMs = 60_000;

async function store(id: string, items: readonly string[], indexed = true): Promise<void> {
  await storeRequest(lab.keys, { id, kind: 'deletion', ignoring: false, items, indexed });
}

async function request(id: string, items: readonly string[]): Promise<void> {
  await store(id, items);
  await openRequest(lab.keys, id);
}

async function outcomes(session: string): Promise<Record<string, string>> {
  const found = await findSession([lab.keys], session);
  return Object.fromEntries(found.map(({ id, outcome }) => [id, outcome]));
}

const lane = () => lab.lane('deletion', { quota: { calls: 1_000, windowMs: 1 } });

/** Sends the next batch and gives its items these outcomes. */
async function send(name: string, given: ItemOutcome[]): Promise<void> {
  const { claim, reference } = await lab.submit(lane(), name);
  await lane().resolve(claim.batch, { reference }, { outcomes: given, code: 'code', message: 'message' });
}

describe('a session that was asked for', () => {
  test.each(['before its call', 'behind it'])(
    'has failed when its batch was taken out of Redis %s, as the counts say',
    async (when) => {
      await request('r', [first, second]);
      if (when === 'behind it') await lab.submit(lane(), 'b');
      else await lab.claim(lane(), 'b');
      await lab.redis.del(batchKey(lab.keys, 'b'));
      await settleRemoved(lab.keys, 'r', { retentionMs, graceMs: 0 });
      expect(await outcomes(first)).toEqual({ r: 'failed' });
    },
  );

  test('is followed from its request to its end', async () => {
    await store('r', [first]);
    expect(await findSession([lab.keys], first)).toEqual([
      {
        id: 'r',
        kind: 'deletion',
        consumer: lab.keys.consumer,
        state: 'accepted',
        outcome: 'waiting',
        createdAt: expect.stringMatching(/^20.*Z$/),
      },
    ]);
    await openRequest(lab.keys, 'r');
    const claim = await lab.claim(lane(), 'b');
    const permit = await lane().beginSend(claim);
    expect(await outcomes(first)).toEqual({ r: 'waiting' });
    if (permit.is !== 'go') throw new Error('it may not be sent');
    await lane().recordReference(claim, permit.attempt, 'reference', { msSinceHeaders: 0, firstPollMs: 0 });
    expect(await outcomes(first)).toEqual({ r: 'submitted' });
    await lane().resolve('b', { reference: 'reference' }, { outcomes: ['succeeded'] });
    const [found] = await findSession([lab.keys], first);
    expect(found).toMatchObject({ state: 'completed', outcome: 'succeeded' });
    expect(Date.parse(found?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(found?.createdAt ?? ''));
  });

  test('has the outcome that it had, each its own', async () => {
    await request('r', ids(5));
    await send('b', ['succeeded', 'absent', 'failed', 'cancelled', 'parked']);
    const all = await Promise.all(ids(5).map(outcomes));
    expect(all.map(({ r }) => r)).toEqual(['succeeded', 'absent', 'failed', 'cancelled', 'parked']);
  });

  test('waits again when its batch was split, and in the halves', async () => {
    await request('r', [first, second]);
    await send('b', [0, 1]);
    expect(await outcomes(first)).toEqual({ r: 'waiting' });
    expect(await outcomes(second)).toEqual({ r: 'waiting' });
  });

  test.each([
    ['resend', 'waiting'],
    ['fail', 'failed'],
  ] as const)('that was parked and that a person has said %s of is %s', async (action, outcome) => {
    await request('r', [first, second]);
    await send('b', ['parked', 'succeeded']);
    await redriveItems(lab.keys, 'r', { from: 'parked', action, items: 1, retentionMs });
    expect(await outcomes(first)).toEqual({ r: outcome });
    expect(await outcomes(second)).toEqual({ r: 'succeeded' });
  });

  test('is found whatever its id looks like, and no other', async () => {
    const odd = [
      'x',
      'session 7',
      'ä'.repeat(255),
      '0'.repeat(64),
      '0'.repeat(65),
      first.toUpperCase(),
      'fifteen letters',
    ];
    await request('r', [...odd, first]);
    for (const id of [...odd, first]) expect(await outcomes(id)).toEqual({ r: 'waiting' });
    for (const id of [second, 'y', 'ä'.repeat(254), '0'.repeat(66)]) expect(await outcomes(id)).toEqual({});
  });

  test('is not found where the index was off at the time, and nothing is written for it', async () => {
    await store('r', [first], false);
    await openRequest(lab.keys, 'r');
    await send('b', ['succeeded']);
    expect(await outcomes(first)).toEqual({});
    expect(await lab.redis.keys(`${lab.keys.base}sessions*`)).toEqual([]);
  });
});

describe('a session in several requests', () => {
  test('is found in each, the newest first, with the outcome of each', async () => {
    await request('r0', [first]);
    await send('b', ['failed']);
    await request('r1', [first, second]);
    const found = await findSession([lab.keys], first);
    expect(found.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['r1', 'waiting'],
      ['r0', 'failed'],
    ]);
    expect(await outcomes(second)).toEqual({ r1: 'waiting' });
  });

  test('has its own outcome in each, also when one batch holds it twice', async () => {
    await request('r0', [first]);
    await request('r1', [first]);
    // The newest request gives first.
    await send('b', ['succeeded', 'absent']);
    expect(await outcomes(first)).toEqual({ r1: 'succeeded', r0: 'absent' });
  });

  test('is found in the newest eight', async () => {
    for (let i = 0; i < 11; i += 1) await request(`r${i}`, [first]);
    expect(Object.keys(await outcomes(first)).sort()).toEqual(['r10', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9']);
  });

  test('is found in those of the consumers that are asked for', async () => {
    await request('r0', [first]);
    const one = lab.keys;
    await lab.next().request('unseen', [second]);
    await request('r1', [first]);
    expect((await findSession([one, lab.keys], first)).map(({ consumer }) => consumer).sort()).toEqual(
      [one.consumer, lab.keys.consumer].sort(),
    );
    expect((await findSession([one], first)).map(({ id }) => id)).toEqual(['r0']);
  });

  test('is not found in one whose record has aged out, be there another of its id', async () => {
    await request('r0', [first]);
    await request('r1', [first]);
    await lab.redis.unlink(`${lab.keys.base}request:r0`);
    expect(await outcomes(first)).toEqual({ r1: 'waiting' });
    await request('r0', [second]);
    expect(await outcomes(first)).toEqual({ r1: 'waiting' });
    expect(await outcomes(second)).toEqual({ r0: 'waiting' });
  });
});

describe('of a cancelled request', () => {
  test('a session that was not sent is cancelled, and one that is under way waits until it is not', async () => {
    const sessions = ids(60);
    await request('r', sessions);
    const claim = await lab.claim(lane(), 'b');
    await cancelRequest(lab.keys, 'r', retentionMs);
    expect(await outcomes(sessions[0] ?? '')).toEqual({ r: 'waiting' });
    expect(await outcomes(sessions[59] ?? '')).toEqual({ r: 'cancelled' });
    await lane().resolve('b', { claims: claim.claims }, { outcomes: Array.from({ length: 50 }, () => 'cancelled') });
    expect(await outcomes(sessions[0] ?? '')).toEqual({ r: 'cancelled' });
  });

  test('what is retried waits, what was cancelled stays so, and a second cancel is as true', async () => {
    await request('r', [first, second]);
    await send('b0', ['failed', 'failed']);
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 1, retentionMs });
    expect(await outcomes(first)).toEqual({ r: 'waiting' });
    expect(await outcomes(second)).toEqual({ r: 'failed' });
    await cancelRequest(lab.keys, 'r', retentionMs);
    expect(await outcomes(first)).toEqual({ r: 'cancelled' });
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 1, retentionMs });
    expect(await outcomes(first)).toEqual({ r: 'cancelled' });
    expect(await outcomes(second)).toEqual({ r: 'waiting' });
  });

  test('what a cancel dropped stays cancelled while a retry of the others goes on', async () => {
    const sessions = ids(51);
    await request('r', sessions);
    const outcomesOfBatch = Array.from({ length: 50 }, (_, i): ItemOutcome => (i === 0 ? 'failed' : 'succeeded'));
    await send('b0', outcomesOfBatch);
    await cancelRequest(lab.keys, 'r', retentionMs);
    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 1, retentionMs });
    expect(await outcomes(sessions[50] ?? '')).toEqual({ r: 'cancelled' });
    expect(await outcomes(sessions[0] ?? '')).toEqual({ r: 'waiting' });
    await send('b1', ['succeeded']);
    expect(await outcomes(sessions[0] ?? '')).toEqual({ r: 'succeeded' });
    expect(await outcomes(sessions[50] ?? '')).toEqual({ r: 'cancelled' });
    expect(await outcomes(third)).toEqual({ r: 'succeeded' });
  });
});
