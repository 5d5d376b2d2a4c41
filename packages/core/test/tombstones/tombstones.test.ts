import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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
import { ids } from '../lanes/lab.ts';
import { submission, TombstoneLab } from './lab.ts';

let lab: TombstoneLab;
beforeAll(async () => {
  lab = await TombstoneLab.start();
});
afterAll(() => lab.stop());
beforeEach(() => void lab.lanes.next());

describe('tombstones', () => {
  test('are written with the outcome of a deletion, also of what was gone already, and of nothing else', async () => {
    const [one = '', two = '', three = ''] = ids(3);
    await lab.deleted([one, two, three], ['succeeded', 'absent', 'failed']);
    expect(await lab.tombstones()).toBe(2);
    const claim = await lab.claimDeletion('again', [one, two, three]);
    expect(await lookAtDeletion(lab.lanes.keys, claim, [one, two, three], lab.look)).toEqual(
      new Map([
        [0, 'deleted'],
        [1, 'deleted'],
      ]),
    );
  });

  test('settle what was deleted before as succeeded, and count it beside the sum (invariant 6)', async () => {
    await lab.deleted(ids(2));
    const claim = await lab.claimDeletion('again', ids(3));
    await lookAtDeletion(lab.lanes.keys, claim, ids(3), lab.look);
    const children = { halves: false, dueInMs: 0, halts: 0, unknown: false };
    const outcomes = ['alreadyDeleted', 'alreadyDeleted', 0] as const;
    await lab.deletion.resolve(claim.batch, { claims: claim.claims }, { outcomes, children });
    expect(await lab.lanes.counts('again')).toMatchObject({
      total: 3,
      claimed: 1,
      succeeded: 2,
      alreadyDeleted: 2,
      absent: 0,
    });
  });

  test('do not hold up a request that is forced', async () => {
    await lab.deleted(ids(1));
    await storeRequest(lab.lanes.keys, {
      id: 'forced',
      kind: 'deletion',
      ignoring: false,
      items: ids(1),
      notes: { force: true },
    });
    await openRequest(lab.lanes.keys, 'forced');
    const claim = await lab.lanes.claim(lab.deletion, 'forced');
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(1), lab.look)).toEqual(new Map());
    await lab.end(lab.deletion, claim, ['failed']);
    expect(await lab.tombstones()).toBe(1);
  });

  test('do not hold up the deletion of what a selection has just seen', async () => {
    await lab.deleted(ids(2));
    await lab.lanes.request('chosen', ids(2));
    await lab.lanes.redis.hset(`${lab.lanes.keys.base}request:chosen`, 'selection', 's');
    const claim = await lab.lanes.claim(lab.deletion, 'batch of chosen');
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(2), lab.look)).toEqual(new Map());
  });

  test('do not hold up a second deletion of what verification has just seen, and are in doubt until it has ended', async () => {
    await lab.deleted(ids(2));
    const claim = await lab.claimDeletion('second', ids(2));
    await lab.lanes.redis.hset(`${lab.lanes.keys.base}batch:${claim.batch}`, 'again', 1);
    for (const _ of [1, 2]) expect(await lookAtDeletion(lab.lanes.keys, claim, ids(2), lab.look)).toEqual(new Map());
    await lab.end(lab.deletion, claim, ['failed', 'succeeded']);
    const third = await lab.claimDeletion('third', ids(2));
    expect([...(await lookAtDeletion(lab.lanes.keys, third, ids(2), lab.look)).keys()]).toEqual([1]);
  });

  test('of sessions that Learnosity shows again let a deletion through, and no resubmission', async () => {
    await lab.deleted(ids(3));
    await doubtTombstones(lab.lanes.keys, ids(1, 1), lab.look.prints);
    await doubtTombstones(lab.lanes.keys, ids(1, 1), lab.look.prints);
    expect(await lab.tombstones()).toBe(3);
    const back = await lab.claimResubmission('back', [submission(ids(1, 1)[0] ?? '')]);
    expect([
      ...(await lookAtResubmission(lab.lanes.keys, back, [submission(ids(1, 1)[0] ?? '')], lab.look)).keys(),
    ]).toEqual([0]);
    const claim = await lab.claimDeletion('second', ids(3));
    expect([...(await lookAtDeletion(lab.lanes.keys, claim, ids(3), lab.look)).keys()]).toEqual([0, 2]);
    await lab.end(lab.deletion, claim, ['alreadyDeleted', 'succeeded', 'alreadyDeleted']);
    const third = await lab.claimDeletion('third', ids(3));
    expect((await lookAtDeletion(lab.lanes.keys, third, ids(3), lab.look)).size).toBe(3);
  });

  test('refuse a resubmission of a deleted session, and of one that is being deleted', async () => {
    const [gone = '', going = '', other = ''] = ids(3);
    await lab.deleted([gone]);
    const claim = await lab.claimDeletion('second', [going]);
    await lookAtDeletion(lab.lanes.keys, claim, [going], lab.look);
    const items = [submission(gone), submission(going), submission(other)];
    const again = await lab.claimResubmission('bring back', items);
    const found = await lookAtResubmission(lab.lanes.keys, again, items, lab.look);
    expect(found).toEqual(
      new Map([
        [0, 'to be deleted'],
        [1, 'to be deleted'],
      ]),
    );
    expect(await lab.resending()).toBe(1);
  });

  test('let a resubmission go once the deletion has failed', async () => {
    const claim = await lab.claimDeletion('fails', ids(1));
    await lookAtDeletion(lab.lanes.keys, claim, ids(1), lab.look);
    await lab.end(lab.deletion, claim, ['failed']);
    expect(await lab.tombstones()).toBe(0);
    const items = ids(1).map((id) => submission(id));
    const again = await lab.claimResubmission('again', items);
    expect(await lookAtResubmission(lab.lanes.keys, again, items, lab.look)).toEqual(new Map());
  });

  test('keep the mark of one deletion while another of the same session fails, however often each is looked at', async () => {
    const one = await lab.claimDeletion('one', ids(1));
    const other = await lab.claimDeletion('other', ids(1));
    for (const claim of [one, one, other, one]) await lookAtDeletion(lab.lanes.keys, claim, ids(1), lab.look);
    await lab.end(lab.deletion, one, ['failed']);
    expect(await lab.tombstones()).toBe(1);
    await lab.end(lab.deletion, other, ['failed']);
    expect(await lab.tombstones()).toBe(0);
  });

  test('are not written for who has lost the claim', async () => {
    const claim = await lab.claimDeletion('one', ids(1));
    await lookAtDeletion(lab.lanes.keys, { ...claim, claims: '7' }, ids(1), lab.look);
    expect(await lab.tombstones()).toBe(0);
  });

  test('stand when a batch is split, and its children end', async () => {
    const claim = await lab.claimDeletion('one', ids(4));
    await lookAtDeletion(lab.lanes.keys, claim, ids(4), lab.look);
    const children = { halves: true, dueInMs: 0, halts: 0, unknown: false };
    await lab.deletion.resolve(claim.batch, { claims: claim.claims }, { outcomes: [0, 0, 1, 1], children });
    const child = await lab.lanes.claim(lab.deletion, 'child');
    await lab.end(lab.deletion, child, ['succeeded', 'failed']);
    const again = await lab.claimDeletion('again', ids(4));
    // The other child is still to come: its two are only marked.
    expect([...(await lookAtDeletion(lab.lanes.keys, again, ids(4), lab.look)).keys()]).toEqual([0]);
  });
});

describe('the sweep', () => {
  const age = async (days: number) => {
    for (const bucket of await lab.lanes.redis.keys(`${lab.lanes.keys.base}tombstones:[0-9]*`)) {
      for (const field of await lab.lanes.redis.hkeysBuffer(bucket))
        await lab.lanes.redis.hincrby(bucket, field, -days);
    }
  };

  test('forgets tombstones that are old enough, and gives their room back', async () => {
    for (let batch = 0; batch < 6; batch += 1) {
      const some = ids(50, batch * 50);
      const claim = await lab.claimDeletion(`r${batch}`, some);
      await lookAtDeletion(lab.lanes.keys, claim, some, lab.look);
      await lab.end(
        lab.deletion,
        claim,
        some.map(() => 'succeeded'),
      );
    }
    expect(await lab.tombstones()).toBe(300);
    await age(9);
    await sweepTombstones(lab.lanes.keys, { days: 10, restMs: 0 });
    expect(await lab.tombstones()).toBe(300);
    await sweepTombstones(lab.lanes.keys, { restMs: 0 });
    expect(await lab.tombstones()).toBe(300);
    await sweepTombstones(lab.lanes.keys, { days: 9, restMs: 0 });
    expect(await lab.tombstones()).toBe(0);
    expect(await lab.lanes.redis.keys(`${lab.lanes.keys.base}tombstones:*`)).toEqual([]);
  });

  test('takes away notes of resubmissions that have ended, and no others', async () => {
    const items = ids(2).map((id) => submission(id));
    const claim = await lab.claimResubmission('under way', items);
    await lookAtResubmission(lab.lanes.keys, claim, items, lab.look);
    await sweepTombstones(lab.lanes.keys, { restMs: 0 });
    expect(await lab.resending()).toBe(2);
    await lab.lanes.redis.hset(`${lab.lanes.keys.base}batch:${claim.batch}`, 'state', 'settled');
    await sweepTombstones(lab.lanes.keys, { restMs: 0 });
    expect(await lab.resending()).toBe(0);
  });
});

test('tombstones are those of one key', async () => {
  expect(await takeTombstones(lab.lanes.keys, lab.look.prints)).toBe(true);
  expect(await takeTombstones(lab.lanes.keys, new SessionPrints('another key', lab.lanes.keys.consumer))).toBe(false);
  expect(await takeTombstones(lab.lanes.keys, lab.look.prints)).toBe(true);
});
