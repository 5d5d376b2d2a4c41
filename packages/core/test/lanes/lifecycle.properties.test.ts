import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { kinds } from '../../src/requests/request.ts';
import { action } from '../requests/lifecycle/actions.ts';
import { World } from '../requests/lifecycle/world.ts';
import { Lab } from './lab.ts';

leakGuard();

let lab: Lab;
let reader: Redis;
beforeAll(async () => {
  lab = await Lab.start();
  reader = new Redis(lab.server.url, { enableAutoPipelining: true });
});
afterAll(async () => {
  reader.disconnect();
  await lab.stop();
});

/**
 * Whatever services, workers, the reconciler and people do, in whatever order, and each of it perhaps twice (invariant 11):
 * after every step each item is in exactly one place (2), the counts add up (6), no batch has changed (4), no slot was given
 * that was not free (3), nothing submitted was claimed or begun again (5), and in the end every request can be finished.
 */
describe('the life of requests in a lane', () => {
  test.each([...kinds.map((kind) => [kind, 'without'] as const), ['deletion', 'with'] as const])(
    'keeps its invariants through any course of a %s %s an index of sessions',
    async (kind, index) => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 70, size: 'max' }), async (actions) => {
          const world = await World.create(lab, reader, kind, index === 'with');
          for (const one of actions) await world.do(one);
          await world.finish();
        }),
        { numRuns: 40, interruptAfterTimeLimit: 60_000 },
      );
    },
    120_000,
  );
});
