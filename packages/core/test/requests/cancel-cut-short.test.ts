import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { type Command, Redis } from 'ioredis';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { cancelRequest, setHeld } from '../../src/requests/control.ts';
import { Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

/** A connection that is gone once a script has run on it. */
class ShortRedis extends Redis {
  #gone = false;

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (this.#gone) {
      command.reject(new Error('the connection is gone'));
      return command.promise;
    }
    if (command.name.startsWith('eval')) {
      command.promise.then(
        () => {
          this.#gone = true;
        },
        () => undefined,
      );
    }
    return super.sendCommand(command, stream);
  }
}

/** Cancels a request of 2,300 submissions, and dies after the first slice of 1,000. */
async function cancelCutShort(): Promise<void> {
  const short = new ShortRedis(lab.server.url);
  await expect(cancelRequest({ ...lab.keys, redis: short }, 'r', 60_000)).rejects.toThrow('gone');
  short.disconnect();
}

/** What a worker's senders do until the lane is empty. */
async function work(): Promise<number> {
  const lane = lab.lane('resubmission', { quota: { calls: 1_000, windowMs: 1 } });
  for (let sent = 0, batches = 0; ; batches += 1) {
    const answer = await lane.claim(`b${batches}`);
    if (answer.is === 'empty') return sent;
    if (batches > 5_000) throw new Error('the lane never becomes empty');
    if (answer.is !== 'batch') continue;
    const { claim } = answer;
    const permit = await lane.beginSend(claim);
    if (permit.is === 'go') sent += 1;
    const size = Number(await lab.redis.hget(`${lab.keys.base}batch:${claim.batch}`, 'size'));
    const outcomes = Array.from({ length: size }, (): ItemOutcome => (permit.is === 'go' ? 'succeeded' : 'cancelled'));
    await lane.resolve(claim.batch, { claims: claim.claims }, { outcomes });
  }
}

const texts = Array.from({ length: 2_300 }, (_, i) => Buffer.from(`submission ${i}`).toString('base64'));

describe('a cancel that is cut short between two slices', () => {
  test.each(['open', 'held'])(
    'of an %s request comes to its end through the lane, which sends nothing of it',
    async (state) => {
      await lab.request('r', texts, 'resubmission');
      if (state === 'held') await setHeld(lab.keys, 'r', 'hold');
      await cancelCutShort();
      expect(await lab.counts('r')).toMatchObject({ state: 'processing', cancelled: 1_000, pending: 1_300 });
      expect(await work()).toBe(0);
      expect(await lab.counts('r')).toMatchObject({ state: 'cancelled', cancelled: 2_300, pending: 0 });
    },
  );

  test('is carried on by the same call', async () => {
    await lab.request('r', texts, 'resubmission');
    await cancelCutShort();
    expect(await cancelRequest(lab.keys, 'r', 60_000)).toBe('processing');
    expect(await lab.counts('r')).toMatchObject({ state: 'cancelled', cancelled: 2_300 });
    expect(await work()).toBe(0);
  });
});
