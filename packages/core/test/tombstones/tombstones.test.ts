import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Claim } from '../../src/lanes/claim-answer.ts';
import type { ItemOutcome, Lane } from '../../src/lanes/lane.ts';
import { openRequest } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { SessionPrints } from '../../src/tombstones/session-prints.ts';
import {
  doubtTombstones,
  lookAtDeletion,
  lookAtResubmission,
  sweepTombstones,
  takeTombstones,
} from '../../src/tombstones/tombstones.ts';
import { Lab } from '../lanes/lab.ts';

const key = 'a key of tests that is long enough';
const ids = (n: number, from = 0) =>
  Array.from({ length: n }, (_, i) => `00000000-0000-4000-8000-${String(from + i).padStart(12, '0')}`);
const submission = (id: string, text = '') => Buffer.from(JSON.stringify({ session_id: id, text })).toString('base64');

let lab: Lab;
let deletion: Lane;
let resubmission: Lane;
let look: { retentionMs: number; prints: SessionPrints };
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
  const quota = { calls: 50, windowMs: 5 };
  deletion = lab.lane('deletion', { quota });
  resubmission = lab.lane('resubmission', { quota });
  look = { retentionMs: 60_000, prints: new SessionPrints(key, lab.keys.consumer) };
});

const tombstones = async () => Number((await lab.redis.hget(`${lab.keys.base}tombstones`, 'entries')) ?? 0);
const resending = async () => await lab.redis.zcard(`${lab.keys.base}tombstones:resending`);

async function claimDeletion(request: string, sessionIds: string[]): Promise<Claim> {
  await lab.request(request, sessionIds);
  return await lab.claim(deletion, `batch of ${request}`);
}

async function claimResubmission(request: string, submissions: string[]): Promise<Claim> {
  await lab.request(request, submissions, 'resubmission');
  return await lab.claim(resubmission, `batch of ${request}`);
}

async function end(lane: Lane, claim: Claim, outcomes: ItemOutcome[]): Promise<void> {
  const permit = await lane.beginSend(claim);
  if (permit.is !== 'go') throw new Error(permit.is);
  await lane.recordReference(claim, permit.attempt, claim.batch, { msSinceHeaders: 0, firstPollMs: 60_000 });
  await lane.resolve(claim.batch, { reference: claim.batch }, { outcomes });
}

async function deleted(sessionIds: string[], outcomes: ItemOutcome[] = sessionIds.map(() => 'succeeded')) {
  const claim = await claimDeletion('first', sessionIds);
  expect(await lookAtDeletion(lab.keys, claim, sessionIds, look)).toEqual(new Map());
  await end(deletion, claim, outcomes);
}

describe('tombstones', () => {
  test('are written with the outcome of a deletion, also of what was gone already, and of nothing else', async () => {
    const [one = '', two = '', three = ''] = ids(3);
    await deleted([one, two, three], ['succeeded', 'absent', 'failed']);
    expect(await tombstones()).toBe(2);
    const claim = await claimDeletion('again', [one, two, three]);
    expect(await lookAtDeletion(lab.keys, claim, [one, two, three], look)).toEqual(
      new Map([
        [0, 'deleted'],
        [1, 'deleted'],
      ]),
    );
  });

  test('settle what was deleted before as succeeded, and count it beside the sum (invariant 6)', async () => {
    await deleted(ids(2));
    const claim = await claimDeletion('again', ids(3));
    await lookAtDeletion(lab.keys, claim, ids(3), look);
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
    const outcomes = ['alreadyDeleted', 'alreadyDeleted', 0] as const;
    await deletion.resolve(claim.batch, { claims: claim.claims }, { outcomes, children });
    expect(await lab.counts('again')).toMatchObject({
      total: 3,
      claimed: 1,
      succeeded: 2,
      alreadyDeleted: 2,
      absent: 0,
    });
  });

  test('do not hold up a request that is forced', async () => {
    await deleted(ids(1));
    await storeRequest(lab.keys, {
      id: 'forced',
      kind: 'deletion',
      ignoring: false,
      items: ids(1),
      notes: { force: true },
    });
    await openRequest(lab.keys, 'forced');
    const claim = await lab.claim(deletion, 'forced');
    expect(await lookAtDeletion(lab.keys, claim, ids(1), look)).toEqual(new Map());
    await end(deletion, claim, ['failed']);
    expect(await tombstones()).toBe(1);
  });

  test('do not hold up the deletion of what a selection has just seen', async () => {
    await deleted(ids(2));
    await lab.request('chosen', ids(2));
    await lab.redis.hset(`${lab.keys.base}request:chosen`, 'selection', 's');
    const claim = await lab.claim(deletion, 'batch of chosen');
    expect(await lookAtDeletion(lab.keys, claim, ids(2), look)).toEqual(new Map());
  });

  test('do not hold up a second deletion of what verification has just seen, and are in doubt until it has ended', async () => {
    await deleted(ids(2));
    const claim = await claimDeletion('second', ids(2));
    await lab.redis.hset(`${lab.keys.base}batch:${claim.batch}`, 'again', 1);
    for (const _ of [1, 2]) expect(await lookAtDeletion(lab.keys, claim, ids(2), look)).toEqual(new Map());
    await end(deletion, claim, ['failed', 'succeeded']);
    const third = await claimDeletion('third', ids(2));
    expect([...(await lookAtDeletion(lab.keys, third, ids(2), look)).keys()]).toEqual([1]);
  });

  test('of sessions that Learnosity shows again let a deletion through, and no resubmission', async () => {
    await deleted(ids(3));
    await doubtTombstones(lab.keys, ids(1, 1), look.prints);
    await doubtTombstones(lab.keys, ids(1, 1), look.prints);
    expect(await tombstones()).toBe(3);
    const back = await claimResubmission('back', [submission(ids(1, 1)[0] ?? '')]);
    expect([...(await lookAtResubmission(lab.keys, back, [submission(ids(1, 1)[0] ?? '')], look)).keys()]).toEqual([0]);
    const claim = await claimDeletion('second', ids(3));
    expect([...(await lookAtDeletion(lab.keys, claim, ids(3), look)).keys()]).toEqual([0, 2]);
    await end(deletion, claim, ['alreadyDeleted', 'succeeded', 'alreadyDeleted']);
    const third = await claimDeletion('third', ids(3));
    expect((await lookAtDeletion(lab.keys, third, ids(3), look)).size).toBe(3);
  });

  test('refuse a resubmission of a deleted session, and of one that is being deleted', async () => {
    const [gone = '', going = '', other = ''] = ids(3);
    await deleted([gone]);
    const claim = await claimDeletion('second', [going]);
    await lookAtDeletion(lab.keys, claim, [going], look);
    const items = [submission(gone), submission(going), submission(other)];
    const again = await claimResubmission('bring back', items);
    const found = await lookAtResubmission(lab.keys, again, items, look);
    expect(found).toEqual(
      new Map([
        [0, 'to be deleted'],
        [1, 'to be deleted'],
      ]),
    );
    expect(await resending()).toBe(1);
  });

  test('let a resubmission go once the deletion has failed', async () => {
    const claim = await claimDeletion('fails', ids(1));
    await lookAtDeletion(lab.keys, claim, ids(1), look);
    await end(deletion, claim, ['failed']);
    expect(await tombstones()).toBe(0);
    const items = ids(1).map((id) => submission(id));
    const again = await claimResubmission('again', items);
    expect(await lookAtResubmission(lab.keys, again, items, look)).toEqual(new Map());
  });

  test('keep the mark of one deletion while another of the same session fails, however often each is looked at', async () => {
    const one = await claimDeletion('one', ids(1));
    const other = await claimDeletion('other', ids(1));
    for (const claim of [one, one, other, one]) await lookAtDeletion(lab.keys, claim, ids(1), look);
    await end(deletion, one, ['failed']);
    expect(await tombstones()).toBe(1);
    await end(deletion, other, ['failed']);
    expect(await tombstones()).toBe(0);
  });

  test('are not written for who has lost the claim', async () => {
    const claim = await claimDeletion('one', ids(1));
    await lookAtDeletion(lab.keys, { ...claim, claims: '7' }, ids(1), look);
    expect(await tombstones()).toBe(0);
  });

  test('stand when a batch is split, and its children end', async () => {
    const claim = await claimDeletion('one', ids(4));
    await lookAtDeletion(lab.keys, claim, ids(4), look);
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    await deletion.resolve(claim.batch, { claims: claim.claims }, { outcomes: [0, 0, 1, 1], children });
    const child = await lab.claim(deletion, 'child');
    await end(deletion, child, ['succeeded', 'failed']);
    const again = await claimDeletion('again', ids(4));
    // The other child is still to come: its two are only marked.
    expect([...(await lookAtDeletion(lab.keys, again, ids(4), look)).keys()]).toEqual([0]);
  });
});

describe('a deletion', () => {
  test('waits for a resubmission of its session that is under way, and goes once that has ended', async () => {
    const items = [submission(ids(1)[0] ?? ''), submission(ids(1)[0] ?? '', 'a second recording')];
    const sending = await claimResubmission('under way', items);
    await lookAtResubmission(lab.keys, sending, items, look);
    const claim = await claimDeletion('waits', ids(2));
    const waits = new Map([[0, 'being resent']]);
    expect(await lookAtDeletion(lab.keys, claim, ids(2), look)).toEqual(waits);
    await end(resubmission, sending, ['succeeded', 0]);
    const child = await lab.claim(resubmission, 'child');
    expect(await lookAtDeletion(lab.keys, claim, ids(2), look)).toEqual(waits);
    await end(resubmission, child, ['succeeded']);
    expect(await lookAtDeletion(lab.keys, claim, ids(2), look)).toEqual(new Map());
    expect(await resending()).toBe(0);
  });

  test('goes before a resubmission that was given back without an effect, which is refused then', async () => {
    const items = ids(1).map((id) => submission(id));
    const waiting = await claimResubmission('waits', items);
    await lookAtResubmission(lab.keys, waiting, items, look);
    const back = { cause: 'unsent', code: '', message: '', dueInMs: 0 } as const;
    await resubmission.giveBack(waiting, { how: 'unused' }, back);
    const claim = await claimDeletion('wins', ids(1));
    expect(await lookAtDeletion(lab.keys, claim, ids(1), look)).toEqual(new Map());
    const again = await lab.claim(resubmission, 'again');
    expect(await lookAtResubmission(lab.keys, again, items, look)).toEqual(new Map([[0, 'to be deleted']]));
  });

  test('waits for one whose outcome is unknown, for a day', async () => {
    const items = ids(1).map((id) => submission(id));
    const sending = await claimResubmission('unknown', items);
    await lookAtResubmission(lab.keys, sending, items, look);
    expect((await resubmission.beginSend(sending)).is).toBe('go');
    const back = { cause: 'unknown', code: 'x', message: '', dueInMs: 60_000 } as const;
    await resubmission.giveBack(sending, { how: 'unused' }, back);
    const claim = await claimDeletion('waits', ids(1));
    expect(await lookAtDeletion(lab.keys, claim, ids(1), look)).toEqual(new Map([[0, 'being resent']]));
    await lab.redis.hincrby(`${lab.keys.base}batch:${sending.batch}`, 'sentAt', -86_400_001);
    expect(await lookAtDeletion(lab.keys, claim, ids(1), look)).toEqual(new Map());
  });

  test('that is open and not claimed yet refuses a resubmission where sessions are indexed', async () => {
    const [id = ''] = ids(1);
    await storeRequest(lab.keys, { id: 'asked', kind: 'deletion', ignoring: false, items: [id], indexed: true });
    const first = await claimResubmission('before it is open', [submission(id)]);
    expect(await lookAtResubmission(lab.keys, first, [submission(id)], look)).toEqual(new Map());
    await openRequest(lab.keys, 'asked');
    const second = await claimResubmission('after', [submission(id, 'another')]);
    expect(await lookAtResubmission(lab.keys, second, [submission(id, 'another')], look)).toEqual(
      new Map([[0, 'to be deleted']]),
    );
  });
});

describe('a resubmission', () => {
  test('whose session cannot be read goes, and is counted once', async () => {
    const items = [Buffer.from('what is this').toString('base64'), submission('known')];
    const claim = await claimResubmission('unreadable', items);
    for (let times = 0; times < 2; times += 1)
      expect(await lookAtResubmission(lab.keys, claim, items, look)).toEqual(new Map());
    expect(await lab.redis.hget(`${lab.keys.base}request:unreadable`, 'unreadable')).toBe('1');
  });
});

describe('the sweep', () => {
  const age = async (days: number) => {
    for (const bucket of await lab.redis.keys(`${lab.keys.base}tombstones:[0-9]*`)) {
      for (const field of await lab.redis.hkeysBuffer(bucket)) await lab.redis.hincrby(bucket, field, -days);
    }
  };

  test('forgets tombstones that are old enough, and gives their room back', async () => {
    for (let batch = 0; batch < 6; batch += 1) {
      const some = ids(50, batch * 50);
      const claim = await claimDeletion(`r${batch}`, some);
      await lookAtDeletion(lab.keys, claim, some, look);
      await end(
        deletion,
        claim,
        some.map(() => 'succeeded'),
      );
    }
    expect(await tombstones()).toBe(300);
    await age(9);
    await sweepTombstones(lab.keys, { days: 10, restMs: 0 });
    expect(await tombstones()).toBe(300);
    await sweepTombstones(lab.keys, { restMs: 0 });
    expect(await tombstones()).toBe(300);
    await sweepTombstones(lab.keys, { days: 9, restMs: 0 });
    expect(await tombstones()).toBe(0);
    expect(await lab.redis.keys(`${lab.keys.base}tombstones:*`)).toEqual([]);
  });

  test('takes away notes of resubmissions that have ended, and no others', async () => {
    const items = ids(2).map((id) => submission(id));
    const claim = await claimResubmission('under way', items);
    await lookAtResubmission(lab.keys, claim, items, look);
    await sweepTombstones(lab.keys, { restMs: 0 });
    expect(await resending()).toBe(2);
    await lab.redis.hset(`${lab.keys.base}batch:${claim.batch}`, 'state', 'settled');
    await sweepTombstones(lab.keys, { restMs: 0 });
    expect(await resending()).toBe(0);
  });
});

test('tombstones are those of one key', async () => {
  expect(await takeTombstones(lab.keys, look.prints)).toBe(true);
  expect(await takeTombstones(lab.keys, new SessionPrints('another key', lab.keys.consumer))).toBe(false);
  expect(await takeTombstones(lab.keys, look.prints)).toBe(true);
});
