import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deferred, leakGuard } from '@session-queue/testing';
import { survey } from '../../src/engine.ts';
import { openRequest } from '../../src/requests/control.ts';
import { discardUpload, parseUploadTrace, storeRequest } from '../../src/requests/upload.ts';
import { Lab, quotas } from '../lanes/lab.ts';
import { mixedIds } from './id-shapes.ts';
import { sealedKeys, storedKeys, takeAll } from './lane-contents.ts';

leakGuard();

const run = promisify(execFile);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

type Source = Iterable<string> | AsyncIterable<string>;

const ids = mixedIds(6_000);

async function store(items: Source, signal?: AbortSignal): Promise<void> {
  await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items, signal });
}

async function taken(): Promise<string[]> {
  await openRequest(lab.keys, 'r');
  return await takeAll(lab);
}

/** Yields the first `n` ids, does something, and yields the rest. */
async function* doing(n: number, something: () => unknown): AsyncGenerator<string> {
  yield* ids.slice(0, n);
  await something();
  yield* ids.slice(n);
}

/** An upload of the ids that stops after the first `n` until it is let go on. */
function halfUpload(n: number): { stands: Promise<void>; goOn: () => void; upload: Promise<void> } {
  const [stands, rest] = [deferred(), deferred()];
  const upload = store(
    doing(n, async () => {
      stands.resolve();
      await rest.promise;
    }),
  );
  // Whoever asks for its end awaits it; until then a refusal has no reader.
  upload.catch(() => undefined);
  return { stands: stands.promise, goOn: () => rest.resolve(), upload };
}

/** As if the upload had lain still for `ms`. */
async function age(ms: number): Promise<void> {
  const key = `${lab.keys.base}request:r`;
  const touchedAt = Number(await lab.redis.hget(key, 'touchedAt'));
  await lab.redis.hset(key, 'touchedAt', touchedAt - ms);
}

describe('a source that fails', () => {
  const failure = new Error('the file is torn');
  const fail = () => {
    throw failure;
  };

  test.each([0, 10, 1_000, 1_500, 4_800])('after %i items leaves nothing behind', async (n) => {
    await expect(store(doing(n, fail))).rejects.toMatchObject({ name: 'ItemsSourceError', cause: failure });
    expect(await storedKeys(lab)).toEqual([]);
  });

  test.each([
    ['an iterator', () => fail()],
    ['a promise', () => Promise.reject(failure)],
  ])('from %s makes room for the same id at once', async (_name, something) => {
    await expect(store(doing(3_000, something))).rejects.toThrow();
    await store(ids);
    expect(await taken()).toEqual(ids);
  });
});

describe('a bad item in the middle', () => {
  test('leaves nothing behind, and is named by its place alone', async () => {
    const secret = `private ${'\n'}`;
    const bad = ids.with(4_321, secret);
    const refusal = { code: 'invalid', field: 'sessionIds[4321]', message: 'must hold no control characters' };
    await expect(store(bad)).rejects.toMatchObject(refusal);
    expect(await storedKeys(lab)).toEqual([]);
  });
});

describe('an abort', () => {
  test('before the first step stores nothing, however few items there are', async () => {
    for (const items of [ids.slice(0, 3), ids]) {
      await expect(store(items, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect(await storedKeys(lab)).toEqual([]);
  });

  test.each([500, 1_500, 3_000, 5_990])('after %i of 6,000 items leaves nothing behind', async (n) => {
    const stop = new AbortController();
    const upload = store(
      doing(n, () => stop.abort()),
      stop.signal,
    );
    await expect(upload).rejects.toMatchObject({ name: 'AbortError' });
    expect(await storedKeys(lab)).toEqual([]);
  });

  test('gives the reason that it was given', async () => {
    const reason = new Error('nobody waits any longer');
    await expect(store(ids, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('the source is closed', () => {
  let closed: boolean;
  beforeEach(() => {
    closed = false;
  });
  function* file(items: Iterable<string>): Generator<string> {
    try {
      yield* items;
    } finally {
      closed = true;
    }
  }

  test('when it was read to its end', async () => {
    await store(file(ids));
    expect(closed).toBe(true);
  });

  test('when the upload is refused before it was read', async () => {
    const half = halfUpload(2_500);
    await half.stands;
    await expect(store(file(ids))).rejects.toMatchObject({ code: 'in_progress' });
    expect(closed).toBe(true);
    half.goOn();
    await half.upload;
  });

  test('when an item is bad', async () => {
    await expect(store(file(ids.with(3_500, '')))).rejects.toMatchObject({ code: 'invalid' });
    expect(closed).toBe(true);
  });

  test('when it is aborted', async () => {
    const stop = new AbortController();
    function* aborting(): Generator<string> {
      for (const [index, id] of ids.entries()) {
        if (index === 3_500) stop.abort();
        yield id;
      }
    }
    await expect(store(file(aborting()), stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(closed).toBe(true);
  });
});

describe('two uploads of one id at the same moment', () => {
  test('end as one request when they are the same', async () => {
    const ends = await Promise.allSettled([store(ids), store(ids)]);
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(refused.length).toBeLessThan(2);
    for (const code of refused) expect(code).toBe('in_progress');
    expect(await taken()).toEqual(ids);
  });

  test('end as one of them when they differ', async () => {
    const [one, other] = [ids.slice(0, 3_000), ids.slice(3_000)];
    const ends = await Promise.allSettled([store(one), store(other)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const items = await taken();
    expect(items).toEqual(ends[0]?.status === 'fulfilled' ? one : other);
  });

  test('of few items end as one request too', async () => {
    const few = ids.slice(0, 20);
    const ends = await Promise.allSettled([store(few), store(few), store(few.slice(1))]);
    expect(ends).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'id_taken' } },
    ]);
    expect(await taken()).toEqual(few);
  });

  test('do not disturb each other while the first moves', async () => {
    const half = halfUpload(2_500);
    await half.stands;
    await expect(store(ids)).rejects.toMatchObject({ code: 'in_progress' });
    await expect(store(ids.slice(0, 5))).rejects.toMatchObject({ code: 'in_progress' });
    await age(9_000);
    await expect(store(ids)).rejects.toMatchObject({ code: 'in_progress' });
    half.goOn();
    await half.upload;
    expect(await taken()).toEqual(ids);
  });
});

describe('an upload that lies still for longer than its lease', () => {
  test.each([
    ['a large upload', ids.slice(100, 4_100)],
    ['a small one', ids.slice(100, 110)],
  ])('is taken over by %s, and its own rest is refused', async (_name, items) => {
    const half = halfUpload(2_500);
    await half.stands;
    await age(10_001);
    await store(items);
    half.goOn();
    await expect(half.upload).rejects.toMatchObject({ code: 'in_progress' });
    expect(await lab.counts('r')).toMatchObject({ state: 'accepted', total: items.length, duplicates: 0 });
    expect(await storedKeys(lab)).toEqual(sealedKeys);
    expect(await taken()).toEqual(items);
  });

  test('ends well when nobody came', async () => {
    const half = halfUpload(2_500);
    await half.stands;
    await age(60_000);
    half.goOn();
    await half.upload;
    expect(await taken()).toEqual(ids);
  });

  test('ends in its refusal and harms nobody else, though its source is silent when it is lost', async () => {
    const script = fileURLToPath(new URL('./lost-while-silent.ts', import.meta.url));
    const flags = ['--no-warnings', '--import', 'tsx', '--conditions=@session-queue/source'];
    const { stdout } = await run(process.execPath, [...flags, script, lab.server.url]);
    expect(stdout).toBe('in_progress\n');
  });
});

describe('the reconciler', () => {
  const limits = { most: 50, mirrorGraceMs: 0, cursors: { requests: '0', batches: '0' }, quotas, countedSince: 0 };
  const minutes = 60_000;

  /** What the reconciler does with uploads that have lain still for `afterMs`. */
  async function reconcile(listedAfterMs: number, afterMs: number): Promise<number> {
    const found = await survey(lab.keys, { ...limits, abandonedAfterMs: listedAfterMs });
    for (const entry of found.abandonedUploads) await discardUpload(lab.keys, parseUploadTrace(entry), afterMs);
    return found.abandonedUploads.length;
  }

  test('forgets an upload that nobody continues, with all its traces', async () => {
    const half = halfUpload(4_500);
    await half.stands;
    await age(10 * minutes);
    expect(await reconcile(0, 10 * minutes)).toBe(1);
    expect(await storedKeys(lab)).toEqual([]);
    half.goOn();
    await expect(half.upload).rejects.toMatchObject({ code: 'in_progress' });
    expect(await storedKeys(lab)).toEqual([]);
  });

  test('leaves one alone that goes on: its duplicates are still found', async () => {
    const [stands, rest] = [deferred(), deferred()];
    async function* twice(): AsyncGenerator<string> {
      yield* ids;
      stands.resolve();
      await rest.promise;
      yield* ids;
    }
    const upload = store(twice());
    await stands.promise;
    expect(await reconcile(0, 10 * minutes)).toBe(1);
    rest.resolve();
    await upload;
    expect(await lab.counts('r')).toMatchObject({ total: 6_000, duplicates: 6_000 });
    expect(await taken()).toEqual(ids);
  });

  test('finds nothing left of an upload that was taken over', async () => {
    const half = halfUpload(2_500);
    await half.stands;
    await age(10_001);
    await store(ids);
    expect(await reconcile(0, 0)).toBe(0);
    expect(await storedKeys(lab)).toEqual(['deletion:history', ...sealedKeys]);
    half.goOn();
    await expect(half.upload).rejects.toMatchObject({ code: 'in_progress' });
    expect(await taken()).toEqual(ids);
  });

  test('reads ids with spaces in the list of uploads', () => {
    expect(parseUploadTrace('token a b  c')).toEqual({ token: 'token', id: 'a b  c' });
  });
});
