import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openRequest } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { lookAtDeletion, lookAtResubmission } from '../../src/tombstones/tombstones.ts';
import { ids } from '../lanes/lab.ts';
import { submission, TombstoneLab } from './lab.ts';

let lab: TombstoneLab;
beforeAll(async () => {
  lab = await TombstoneLab.start();
});
afterAll(() => lab.stop());
beforeEach(() => void lab.lanes.next());

describe('a deletion', () => {
  test('waits for a resubmission of its session that is under way, and goes once that has ended', async () => {
    const items = [submission(ids(1)[0] ?? ''), submission(ids(1)[0] ?? '', 'a second recording')];
    const sending = await lab.claimResubmission('under way', items);
    await lookAtResubmission(lab.lanes.keys, sending, items, lab.look);
    const claim = await lab.claimDeletion('waits', ids(2));
    const waits = new Map([[0, 'being resent']]);
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(2), lab.look)).toEqual(waits);
    await lab.end(lab.resubmission, sending, ['succeeded', 0]);
    const child = await lab.lanes.claim(lab.resubmission, 'child');
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(2), lab.look)).toEqual(waits);
    await lab.end(lab.resubmission, child, ['succeeded']);
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(2), lab.look)).toEqual(new Map());
    expect(await lab.resending()).toBe(0);
  });

  test('goes before a resubmission that was given back without an effect, which is refused then', async () => {
    const items = ids(1).map((id) => submission(id));
    const waiting = await lab.claimResubmission('waits', items);
    await lookAtResubmission(lab.lanes.keys, waiting, items, lab.look);
    const back = { cause: 'unsent', code: '', message: '', dueInMs: 0 } as const;
    await lab.resubmission.giveBack(waiting, { how: 'unused' }, back);
    const claim = await lab.claimDeletion('wins', ids(1));
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(1), lab.look)).toEqual(new Map());
    const again = await lab.lanes.claim(lab.resubmission, 'again');
    expect(await lookAtResubmission(lab.lanes.keys, again, items, lab.look)).toEqual(new Map([[0, 'to be deleted']]));
  });

  test('waits for one whose outcome is unknown, for a day', async () => {
    const items = ids(1).map((id) => submission(id));
    const sending = await lab.claimResubmission('unknown', items);
    await lookAtResubmission(lab.lanes.keys, sending, items, lab.look);
    expect((await lab.resubmission.beginSend(sending)).is).toBe('go');
    const back = { cause: 'unknown', code: 'x', message: '', dueInMs: 60_000 } as const;
    await lab.resubmission.giveBack(sending, { how: 'unused' }, back);
    const claim = await lab.claimDeletion('waits', ids(1));
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(1), lab.look)).toEqual(new Map([[0, 'being resent']]));
    await lab.lanes.redis.hincrby(`${lab.lanes.keys.base}batch:${sending.batch}`, 'sentAt', -86_400_001);
    expect(await lookAtDeletion(lab.lanes.keys, claim, ids(1), lab.look)).toEqual(new Map());
  });

  test('that is open and not claimed yet refuses a resubmission where sessions are indexed', async () => {
    const [id = ''] = ids(1);
    await storeRequest(lab.lanes.keys, { id: 'asked', kind: 'deletion', ignoring: false, items: [id], indexed: true });
    const first = await lab.claimResubmission('before it is open', [submission(id)]);
    expect(await lookAtResubmission(lab.lanes.keys, first, [submission(id)], lab.look)).toEqual(new Map());
    await openRequest(lab.lanes.keys, 'asked');
    const second = await lab.claimResubmission('after', [submission(id, 'another')]);
    expect(await lookAtResubmission(lab.lanes.keys, second, [submission(id, 'another')], lab.look)).toEqual(
      new Map([[0, 'to be deleted']]),
    );
  });
});

describe('a resubmission', () => {
  test('whose session cannot be read goes, and is counted once', async () => {
    const items = [Buffer.from('what is this').toString('base64'), submission('known')];
    const claim = await lab.claimResubmission('unreadable', items);
    for (let times = 0; times < 2; times += 1)
      expect(await lookAtResubmission(lab.lanes.keys, claim, items, lab.look)).toEqual(new Map());
    expect(await lab.lanes.redis.hget(`${lab.lanes.keys.base}request:unreadable`, 'unreadable')).toBe('1');
  });
});
