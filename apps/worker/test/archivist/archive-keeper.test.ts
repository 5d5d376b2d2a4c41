import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type ConsumerKeys,
  consumerKeys,
  type JournalState,
  JournalStore,
  readJournalState,
} from '@session-queue/core/engine';
import {
  appendTo,
  createKeyPair,
  type Entry,
  emptyHead,
  headOf,
  type JournalArchives,
  journalLines,
  readSigningKey,
  signHead,
} from '@session-queue/core/evidence';
import { leakGuard, type RedisServer, S3Server, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { ArchiveKeeper } from '../../src/archivist/archive-keeper.ts';
import { FolderArchives } from '../../src/archivist/folder-archives.ts';
import { connectStore, recordsIn } from '../s3-place.ts';

leakGuard();

const at = '2027-01-31T08:00:00.000Z';
const renew = async () => undefined;

/** Where the archives of a test are. */
interface Place {
  archives: JournalArchives;
  /** How many records of the consumer's journal it holds. */
  count(): Promise<number>;
  /** Takes the consumer's journal away. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

async function inFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-archive-'));
  const own = join(folder, 'north');
  const count = async () => {
    let lines = 0;
    for await (const _line of journalLines(own)) lines += 1;
    return lines;
  };
  const archives = new FolderArchives(folder, 200);
  const clear = async () => await rm(own, { recursive: true });
  return { archives, count, clear, stop: async () => await rm(folder, { recursive: true }) };
}

async function inStore(): Promise<Place> {
  store = await S3Server.start();
  const s3 = store;
  const archives = await connectStore(s3);
  const clear = async () => {
    for (const key of s3.keys().filter((one) => one.includes('/north/'))) s3.objects.delete(key);
    await Promise.resolve();
  };
  const stop = async () => {
    archives.stop();
    await s3.stop();
  };
  return { archives, count: () => Promise.resolve(recordsIn(s3, 'north').length), clear, stop };
}

let server: RedisServer;
let redis: Redis;
let keys: ConsumerKeys;
let journals: JournalStore;
let place: Place;
/** The one that `inStore` has started. */
let store: S3Server;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  keys = consumerKeys(redis, 'test', 'north');
  journals = new JournalStore(keys, 'one');
});
afterEach(() => place.stop());

/** A journal in Redis, none of it archived. */
async function journal(records: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  let head = emptyHead;
  for (let number = 1; number <= records; number += 1) {
    const accepted = {
      event: 'request-accepted',
      at,
      request: `r-${number}`,
      kind: 'deletion',
      consumer: 'north',
    } as const;
    entries.push(appendTo(head, accepted));
    head = headOf(entries.at(-1) as Entry);
  }
  await redis.xadd(`${keys.base}evidence:outbox`, '*', 'event', 'sealed');
  await journals.lease(60_000, true);
  await journals.append(emptyHead, entries);
  return entries;
}

const keeper = () => new ArchiveKeeper({ archives: place.archives, consumer: 'north', store: journals });
const state = async (): Promise<JournalState> => await readJournalState(keys);
const signed = async () => ({ head: (await state()).head, isSigned: true });

/** What a writer got done that died then. */
async function written(entries: readonly Entry[]): Promise<void> {
  const archive = await place.archives.open('north');
  await archive.append(entries);
  await archive.close();
}

async function writeAll(): Promise<void> {
  const archive = keeper();
  await archive.open(await state(), renew);
  await archive.write(await signed(), renew);
  await archive.close();
}

describe.each([
  ['in a folder', inFolder],
  ['in a store', inStore],
])('the archive of a journal %s', (_name, start) => {
  beforeEach(async () => {
    place = await start();
  });

  test('has each record once after a crash between writing and Redis', async () => {
    const entries = await journal(5);
    await written(entries.slice(0, 3));
    await writeAll();
    expect(await place.count()).toBe(5);
    expect(await state()).toMatchObject({ archived: 5 });
    expect(await journals.entries(1, 10)).toEqual([]);
  });

  test('is noted in Redis after a crash that left nothing to write', async () => {
    const entries = await journal(2);
    await written(entries);
    await writeAll();
    expect(await state()).toMatchObject({ archived: 2 });
  });

  test('that lacks what was archived is refused: another place, or a part is gone', async () => {
    await journal(2);
    await writeAll();
    await place.clear();
    await expect(keeper().open(await state(), renew)).rejects.toThrow('EVIDENCE_DIR');
    // It has let go of the place: once that is mended, the journal goes on.
    await (await place.archives.open('north')).close();
  });

  test('that has other records than Redis is refused', async () => {
    const entries = await journal(1);
    const other = appendTo(emptyHead, { event: 'request-sealed', at, request: 'r', items: 1, duplicates: 0 });
    const sealed = { event: 'request-sealed', at, request: 'r', items: 2, duplicates: 0 } as const;
    await written([other, appendTo(headOf(other), sealed)]);
    await expect(keeper().open(await state(), renew)).rejects.toThrow('another record 1');
    expect(await journals.entries(1, 10)).toEqual(entries);
  });
});

describe('the archive of a journal in parts', () => {
  beforeEach(async () => {
    place = await inStore();
  });

  test('waits for a signature, or for many records, and writes them as one', async () => {
    await journal(399);
    const archive = keeper();
    await archive.open(await state(), renew);
    const before = store.calls.length;
    const unsigned = async () => ({ head: (await state()).head, isSigned: false });
    expect(await archive.write(await unsigned(), renew)).toBe(true);
    expect(store.calls).toHaveLength(before);
    const { head } = await state();
    await journals.append(head, [signHead(head, at, readSigningKey(createKeyPair().privatePem))]);
    expect(await archive.write(await unsigned(), renew)).toBe(false);
    expect(store.calls).toHaveLength(before + 1);
    expect(await place.count()).toBe(400);
    await archive.close();
  });

  test('takes nothing from Redis that the store did not take', async () => {
    const entries = await journal(5);
    const archive = keeper();
    await archive.open(await state(), renew);
    for (let i = 0; i < 3; i += 1) store.faults.push({ method: 'PUT', is: 'internal' });
    await expect(archive.write(await signed(), renew)).rejects.toMatchObject({ code: 'archive_failed' });
    expect(await journals.entries(1, 10)).toEqual(entries);
    expect(await state()).toMatchObject({ archived: 0 });
    await writeAll();
    expect(await place.count()).toBe(5);
  });

  test('takes nothing from Redis where another writer was faster, and goes on behind that one', async () => {
    const entries = await journal(5);
    const archive = keeper();
    await archive.open(await state(), renew);
    await written(entries.slice(0, 2));
    await expect(archive.write(await signed(), renew)).rejects.toMatchObject({ code: 'archive_taken' });
    expect(await journals.entries(1, 10)).toEqual(entries);
    await writeAll();
    expect(await place.count()).toBe(5);
    expect(await state()).toMatchObject({ archived: 5 });
  });
});
