import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deferred, leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import { survey } from '../../src/engine.ts';
import { consumerKeys } from '../../src/lanes/keys.ts';
import { openRequest } from '../../src/requests/control.ts';
import { discardUpload, parseUploadTrace, storeRequest } from '../../src/requests/upload.ts';
import { Lab, quotas } from '../lanes/lab.ts';
import { mixedIds } from './id-shapes.ts';
import { sealedKeys, storedKeys, takeAll } from './lane-contents.ts';
import { StutteringRedis } from './stuttering-redis.ts';

leakGuard();

let lab: Lab;
let stuttering: StutteringRedis;
beforeAll(async () => {
  lab = await Lab.start();
  stuttering = new StutteringRedis(lab.server.url);
});
afterAll(async () => {
  stuttering.disconnect();
  await lab.stop();
});
beforeEach(() => {
  lab.next();
});

const unique = mixedIds(6_500);
/** Every tenth id stands a second time, far from the first. */
const ids = [...unique, ...unique.filter((_, n) => n % 10 === 0)];
const chunkOf = 1_000;

type Source = Iterable<string> | AsyncIterable<string>;

async function store(items: Source, resumable = true): Promise<void> {
  await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items, resumable });
}

function* torn(n: number, items: readonly string[] = ids): Generator<string> {
  yield* items.slice(0, n);
  throw new Error('torn');
}

async function cutAfter(n: number, items?: readonly string[]): Promise<void> {
  await expect(store(torn(n, items))).rejects.toMatchObject({ name: 'ItemsSourceError' });
}

const recordKey = () => `${lab.keys.base}request:r`;
const chunksThere = async () => Number((await lab.redis.hget(recordKey(), 'chunks')) ?? 0);

/** As if the upload had lain still for `ms`. */
async function age(ms: number): Promise<void> {
  await lab.redis.hincrby(recordKey(), 'touchedAt', -ms);
}

async function expectWhole(): Promise<void> {
  const [total, duplicates] = [unique.length, ids.length - unique.length];
  expect(await lab.counts('r')).toMatchObject({ state: 'accepted', total, pending: total, duplicates });
  expect(await storedKeys(lab)).toEqual(sealedKeys);
  expect(await lab.redis.hmget(recordKey(), 'token', 'chain', 'paused')).toEqual([null, null, null]);
  await openRequest(lab.keys, 'r');
  expect(await takeAll(lab)).toEqual(unique);
}

describe('a resumable upload', () => {
  test('goes on where it was cut, and stores nothing a second time', async () => {
    await cutAfter(4_321);
    expect(await chunksThere()).toBe(4);
    await lab.redis.config('RESETSTAT');
    await store(ids);
    const calls = /cmdstat_rpush:calls=(\d+)/.exec(await lab.redis.info('commandstats'))?.[1];
    // 8 chunks, of which 4 were there; the last holds duplicates only.
    expect(Number(calls)).toBe(3);
    await expectWhole();
  });

  test('is the same request as one that was never cut, and as one that is not resumable', async () => {
    await cutAfter(3_000);
    await store(ids);
    await store(ids);
    await store(ids, false);
    await expectWhole();
  });

  test.each([
    ['other items before the cut', ids.with(2_500, 'another')],
    ['fewer items than there are', ids.slice(0, 2_500)],
  ])('is not gone on with by %s, and stays for what is right', async (_what, other) => {
    await cutAfter(4_000);
    await expect(store(other)).rejects.toMatchObject({ code: 'id_taken' });
    expect(await chunksThere()).toBeGreaterThan(2);
    await store(ids);
    await expectWhole();
  });

  test('may go on with other items behind the cut: nothing was said of them', async () => {
    await cutAfter(4_000);
    await store([...ids.slice(0, 4_000), 'another']);
    expect(await lab.counts('r')).toMatchObject({ total: 4_001 });
  });

  test('that holds a bad item is forgotten', async () => {
    await cutAfter(4_000);
    await expect(store(ids.with(5_000, ''))).rejects.toMatchObject({ code: 'invalid' });
    expect(await storedKeys(lab)).toEqual([]);
  });

  test('is begun anew by a call that is not', async () => {
    await cutAfter(4_000);
    await store(ids.slice(100, 4_100), false);
    expect(await lab.counts('r')).toMatchObject({ total: 4_000 });
  });

  test('stays for a day, and is forgotten by the reconciler then', async () => {
    await cutAfter(4_000);
    const reconcile = async (): Promise<number> => {
      const limits = {
        most: 50,
        mirrorGraceMs: 0,
        cursors: { requests: '0', batches: '0' },
        quotas,
        countedSince: 0,
        abandonedAfterMs: 0,
      };
      const found = await survey(lab.keys, limits);
      for (const entry of found.abandonedUploads) await discardUpload(lab.keys, parseUploadTrace(entry), 600_000);
      return found.abandonedUploads.length;
    };
    const hourMs = 3_600_000;
    await age(23 * hourMs);
    expect(await reconcile()).toBe(1);
    expect(await chunksThere()).toBe(3);
    await age(hourMs);
    expect(await reconcile()).toBe(1);
    expect(await storedKeys(lab)).toEqual([]);
  });

  test('is one request, whole, however often it is cut, left, taken over and resent (invariants 1, 2, 11)', async () => {
    const cut = fc.record({
      // At, before and behind the ends of chunks, or anywhere.
      after: fc.oneof(
        fc.nat(ids.length),
        fc.tuple(fc.nat(7), fc.constantFrom(-1, 0, 1)).map(([n, by]) => Math.max(0, n * chunkOf + by)),
      ),
      /** The uploader hangs, loses the upload to the next one, and goes on when that one has got somewhere. */
      hangs: fc.boolean(),
      stutters: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { maxLength: 5 }), fc.boolean(), async (cuts, stuttersLast) => {
        lab.next();
        const { keys } = lab;
        const stutter = (is: boolean) => {
          lab.keys = is ? consumerKeys(stuttering, 'test', keys.consumer) : keys;
        };
        const hanging: { goOn: () => void; end: Promise<unknown> }[] = [];
        let most = 0;
        for (const { after, hangs, stutters } of cuts) {
          stutter(stutters);
          if (hangs) {
            const [stands, rest] = [deferred(), deferred()];
            async function* slow(): AsyncGenerator<string> {
              yield* ids.slice(0, after);
              stands.resolve();
              await rest.promise;
              yield* ids.slice(after);
            }
            const end = store(slow()).then(
              () => 'stored',
              (error: { code?: string }) => error.code,
            );
            await Promise.race([stands.promise, end]);
            hanging.push({ goOn: () => rest.resolve(), end });
            stutter(false);
            if ((await chunksThere()) > 0) await age(10_001);
          } else {
            const cutOff = await store(torn(after)).catch((error: { name: string; code?: string }) => error);
            expect(cutOff).toMatchObject({ name: expect.stringMatching(/ItemsSourceError|Refusal/) });
          }
          stutter(false);
          const there = await chunksThere();
          // What was stored is never lost again.
          expect(there).toBeGreaterThanOrEqual(most);
          most = there;
        }
        stutter(stuttersLast);
        if (hanging.length > 0) await lab.redis.eval(ageScript, 1, recordKey());
        const last = store(ids);
        for (const { goOn } of hanging) goOn();
        const ends = await Promise.all(hanging.map(({ end }) => end));
        const end = await last.catch((error: { code?: string }) => error.code);
        // Of two at once one may have been refused; then whoever had it has stored it, or it is there to be gone on with.
        for (const one of [...ends, end]) expect([undefined, 'stored', 'in_progress']).toContain(one);
        stutter(false);
        if (end !== undefined) {
          await lab.redis.eval(ageScript, 1, recordKey());
          await store(ids);
        }
        await expectWhole();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

/** Lets the lease of an upload run out, where there is one. */
const ageScript = `if redis.call('HEXISTS', KEYS[1], 'touchedAt') == 1 then redis.call('HINCRBY', KEYS[1], 'touchedAt', -10001) end`;
