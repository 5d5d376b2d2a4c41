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
import { appendTo, type Entry, emptyHead, FileArchive, headOf, journalLines } from '@session-queue/core/evidence';
import { leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { ArchiveKeeper } from '../../src/archivist/archive-keeper.ts';

leakGuard();

const at = '2027-01-31T08:00:00.000Z';
const renew = async () => undefined;

let server: RedisServer;
let redis: Redis;
let folder: string;
let keys: ConsumerKeys;
let store: JournalStore;
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
  folder = await mkdtemp(join(tmpdir(), 'session-queue-archive-'));
  keys = consumerKeys(redis, 'test', 'north');
  store = new JournalStore(keys, 'one');
});
afterEach(async () => await rm(folder, { recursive: true }));

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
  await store.lease(60_000, true);
  await store.append(emptyHead, entries);
  return entries;
}

const keeper = () => new ArchiveKeeper({ folder, consumer: 'north', store, staleMs: 200 });
const state = async (): Promise<JournalState> => await readJournalState(keys);

async function archived(): Promise<number> {
  let lines = 0;
  for await (const _line of journalLines(join(folder, 'north'))) lines += 1;
  return lines;
}

describe('the archive of a journal', () => {
  test('has each record once after a crash between the disk and Redis', async () => {
    const entries = await journal(5);
    const crashed = await FileArchive.open({ folder: join(folder, 'north') });
    await crashed.append(entries.slice(0, 3));
    await crashed.close();
    const archive = keeper();
    await archive.open(await state(), renew);
    await archive.write(renew);
    await archive.close();
    expect(await archived()).toBe(5);
    expect(await state()).toMatchObject({ archived: 5 });
    expect(await store.entries(1, 10)).toEqual([]);
  });

  test('is noted in Redis after a crash that left nothing to write', async () => {
    const entries = await journal(2);
    const crashed = await FileArchive.open({ folder: join(folder, 'north') });
    await crashed.append(entries);
    await crashed.close();
    const archive = keeper();
    await archive.open(await state(), renew);
    await archive.write(renew);
    await archive.close();
    expect(await state()).toMatchObject({ archived: 2 });
  });

  test('that lacks what was archived is refused: another folder, or a file is gone', async () => {
    await journal(2);
    const archive = keeper();
    await archive.open(await state(), renew);
    await archive.write(renew);
    await archive.close();
    await rm(join(folder, 'north'), { recursive: true });
    await expect(keeper().open(await state(), renew)).rejects.toThrow('EVIDENCE_DIR');
    // It has let go of the folder: once that is mended, the journal goes on.
    const mended = await FileArchive.open({ folder: join(folder, 'north'), staleMs: 5_000 });
    await mended.close();
  });

  test('that has other records than Redis is refused', async () => {
    const entries = await journal(1);
    const other = appendTo(emptyHead, { event: 'request-sealed', at, request: 'r', items: 1, duplicates: 0 });
    const forked = [
      other,
      appendTo(headOf(other), { event: 'request-sealed', at, request: 'r', items: 2, duplicates: 0 }),
    ];
    const archive = await FileArchive.open({ folder: join(folder, 'north') });
    await archive.append(forked);
    await archive.close();
    await expect(keeper().open(await state(), renew)).rejects.toThrow('another record 1');
    expect(await store.entries(1, 10)).toEqual(entries);
  });
});
