import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Kind, LegalHoldStore } from '@session-queue/core';
import {
  type Claim,
  type ConsumerKeys,
  cancelRequest,
  consumerKeys,
  Lane,
  lookTimesFor,
  openRequest,
  RequestIndex,
  readBatch,
  readRequest,
  requestKey,
  requestsWithRemoved,
  storeRequest,
} from '@session-queue/core/engine';
import { pino } from 'pino';
import { Repair } from '../src/reconciler/repair.ts';
import { Mirror } from '../src/settle/mirror.ts';
import { ids, Lab, submissions } from './lab.ts';

const logger = pino({ level: 'silent' });
const quota = { calls: 5, windowMs: 5_000 };
const options = { quota, deadlineMs: 10_000, fingerprint: 'a', retentionMs: 60_000 };

let lab: Lab;
let keys: ConsumerKeys;
let lanes: Record<Kind, Lane>;
let repair: Repair;
let newRepair: (withLanes: Record<Kind, Lane>) => Repair;
const finishEntry = 'request deletion r';
beforeEach(async () => {
  lab = await Lab.start();
  keys = consumerKeys(lab.redis, 'session-queue', 'default');
  lanes = {
    deletion: new Lane(keys, 'deletion', options),
    resubmission: new Lane(keys, 'resubmission', options),
  };
  const requestQueues = { deletion: lab.queue('deletion.requests'), resubmission: lab.queue('resubmission.requests') };
  const batches = { deletion: lab.queue('deletion.batches'), resubmission: lab.queue('resubmission.batches') };
  const callbacks = lab.queue('request.callbacks');
  const index = new RequestIndex(lab.redis, 'session-queue');
  const mirror = new Mirror({ requests: requestQueues, batches, callbacks, index, retentionMs: 60_000, logger });
  const lookTimes = lookTimesFor(10_000);
  const parts = {
    keys,
    requestQueues,
    index,
    mirror,
    holds: new LegalHoldStore(lab.redis, 'session-queue'),
    lookTimes,
    countedSince: () => 0,
    onResolved: () => undefined,
    logger,
  };
  newRepair = (withLanes) => new Repair({ ...parts, lanes: withLanes });
  repair = newRepair(lanes);
});
afterEach(() => lab.stop());

/** What a worker has claimed that is dead by now. */
async function claimedByTheDead(kind: Kind, items: string[], ignoring = false): Promise<Claim> {
  await storeRequest(keys, { id: 'r', kind, ignoring, items });
  await new RequestIndex(lab.redis, 'session-queue').keep(keys, 'r', kind);
  await openRequest(keys, 'r');
  const answer = await lanes[kind].claim('one');
  if (answer.is !== 'batch') throw new Error(`claim answered ${JSON.stringify(answer)}`);
  return answer.claim;
}

/** As if so much time had passed. */
const expireLease = () => lab.redis.zadd(`${keys.base}leases`, 1, 'one');

test('the reconciler shows that it goes on with each thing it mends, however long all of them take', async () => {
  await claimedByTheDead('deletion', ids(50));
  await expireLease();
  let steps = 0;
  await repair.run(() => {
    steps += 1;
  });
  // The lease that ran out, and the open request.
  expect(steps).toBe(2);
});

describe('a batch whose worker died', () => {
  test('before its call goes back in line whole, as if nothing had been (invariants 2, 4)', async () => {
    await claimedByTheDead('deletion', ids(50));
    await expireLease();
    await repair.run();
    expect(await readBatch(keys, 'one')).toMatchObject({ state: 'ready', size: 50, failures: 0 });
    expect(await lab.redis.hget(`${keys.base}batch:one`, 'unknown')).toBeNull();
    expect((await lanes.deletion.claim('two')).is).toBe('batch');
  });

  test('in its call goes back with an unknown outcome, a little later (invariant 7)', async () => {
    const claim = await claimedByTheDead('deletion', ids(50));
    await lanes.deletion.beginSend(claim);
    await expireLease();
    await repair.run();
    expect(await readBatch(keys, 'one')).toMatchObject({ state: 'ready', size: 50, failures: 1, lastCode: 'unknown' });
    expect(await lab.redis.hget(`${keys.base}batch:one`, 'unknown')).toBe('1');
    expect((await lanes.deletion.claim('two')).is).toBe('empty');
  });

  test('in a call that ignores revisions waits for a person (invariant 7)', async () => {
    const claim = await claimedByTheDead('resubmission', submissions(3), true);
    await lanes.resubmission.beginSend(claim);
    await expireLease();
    await repair.run();
    expect((await lab.view('r')).counts).toMatchObject({ parked: 3, claimed: 0, pending: 0 });
    expect((await lanes.resubmission.claim('two')).is).toBe('empty');
  });

  test('is put right by one replica: what is sent again meanwhile is not given back by another (invariants 5, 7)', async () => {
    await claimedByTheDead('deletion', ids(50));
    await expireLease();
    let begun = false;
    /** While a slow replica gives back, the others go on. */
    class SlowLane extends Lane {
      override async giveBack(...given: Parameters<Lane['giveBack']>): Promise<boolean> {
        await repair.run();
        const answer = await lanes.deletion.claim('two');
        if (answer.is === 'batch') begun = (await lanes.deletion.beginSend(answer.claim)).is === 'go';
        return await super.giveBack(...given);
      }
    }
    const slow = { ...lanes, deletion: new SlowLane(keys, 'deletion', options) };
    await newRepair(slow).run();
    expect({ begun, state: (await readBatch(keys, 'one'))?.state }).toEqual({ begun: false, state: 'ready' });
  });

  test('is left alone while its lease stands', async () => {
    const claim = await claimedByTheDead('deletion', ids(50));
    await repair.run();
    expect((await lanes.deletion.beginSend(claim)).is).toBe('go');
  });
});

describe('a legal hold whose lifting was cut short', () => {
  test('is lifted to its end, 20,000 sessions at a visit, beside others that stand', async () => {
    const holds = new LegalHoldStore(lab.redis, 'session-queue');
    const why = { reason: 'case 12', by: 'ada' };
    for (const id of ['large', 'stands', 'small']) await holds.addLegalHold({ ...why, id, sessionIds: ids(3) });
    for (let from = 0; from < 24_000; from += 1_000)
      await holds.addLegalHold({ ...why, id: 'large', sessionIds: ids(1_000, from) });
    // As if whoever lifts them had died right then.
    for (const [at, id] of ['large', 'small'].entries()) {
      await lab.redis.hset(`${keys.base}hold:${id}`, { liftedAt: at + 1, removing: 1 });
      await lab.redis.zadd(`${keys.base}holds:lifting`, at + 1, id);
    }
    let steps = 0;
    const visit = () =>
      repair.run(() => {
        steps += 1;
      });
    await visit();
    expect(steps).toBe(20);
    expect((await holds.legalHolds()).map(({ id, sessions }) => [id, sessions])).toEqual(
      expect.arrayContaining([
        ['large', 4_000],
        ['small', 3],
      ]),
    );
    await visit();
    expect(await holds.legalHolds()).toMatchObject([{ id: 'stands', sessions: 3 }]);
    expect(await lab.redis.hlen(`${keys.base}held`)).toBe(3);
    expect(await lab.redis.keys('session-queue:legal-hold:*')).toEqual(['session-queue:legal-hold:stands']);
    expect((await repair.run()).quiet).toBe(true);
  });
});

describe('the job of a request that is finished', () => {
  const finish = () => `${keys.base}finish`;
  const jobState = () => lab.queue('deletion.requests').getJobState('r');
  beforeEach(async () => {
    await lab.queue('deletion.requests').add('delete', {}, { jobId: 'r', delay: 3_600_000 });
  });

  test('is woken though the replica that finished it died before it could', async () => {
    await lab.redis.zadd(finish(), 1, finishEntry);
    await repair.run();
    expect(await jobState()).toBe('waiting');
    // It has yet to run.
    expect(await lab.redis.zscore(finish(), finishEntry)).toBe('1');
  });

  test('is left to that replica at first', async () => {
    await lab.redis.zadd(finish(), Date.now(), finishEntry);
    await repair.run();
    expect(await jobState()).toBe('delayed');
  });
});

test('the parts of a request that a worker of a version before ended get the expiry that its record has', async () => {
  await storeRequest(keys, { id: 'r', kind: 'deletion', ignoring: false, items: ids(1) });
  await cancelRequest(keys, 'r', 60_000);
  const part = `${requestKey(keys, 'r')}:leaves`;
  await lab.redis.set(part, 'of a version after it');
  await repair.run();
  expect(await lab.redis.pttl(part)).toBeGreaterThan(0);
  expect(await lab.redis.pttl(part)).toBeLessThanOrEqual(60_000);
});

describe('a request whose batch somebody took out of Redis', () => {
  test('is named, and ends with its items failed once nobody has put the record back', async () => {
    await claimedByTheDead('deletion', ids(2));
    await lab.redis.del(`${keys.base}batch:one`);
    await repair.run();
    expect(await readRequest(keys, 'r')).toMatchObject({ state: 'processing', counts: { claimed: 2 } });
    expect(await requestsWithRemoved(keys, 10)).toEqual(['r']);
    // As if its time were over, for a replica that looks at it at once.
    await lab.redis.zadd(`${keys.base}removed`, 1, 'r');
    await newRepair(lanes).run();
    expect(await readRequest(keys, 'r')).toMatchObject({ state: 'failed', counts: { claimed: 0, failed: 2 } });
  });
});
