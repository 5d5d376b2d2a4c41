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
  type Head,
  headOf,
  readSigningKey,
  signHead,
} from '@session-queue/core/evidence';
import { leakGuard, type RedisServer, type S3Server, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { ArchiveKeeper } from '../../src/archivist/archive-keeper.ts';
import { inFolder, inStore, type Place } from './archive-places.ts';

leakGuard();

const at = '2027-01-31T08:00:00.000Z';
const renew = async () => undefined;

let server: RedisServer;
let redis: Redis;
let keys: ConsumerKeys;
let journals: JournalStore;
let place: Place;
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

/** A failover: Redis is as it was at this record, which was archived then. */
async function loseBehind(entries: readonly Entry[], sequence: number): Promise<void> {
  const { hash } = entries[sequence - 1] as Entry;
  await redis.hset(`${keys.base}evidence`, { sequence, hash, signed: 0, archived: sequence });
  await redis.del(`${keys.base}journal`);
}

function sealedBehind(first: Head, records: number): Entry[] {
  const entries: Entry[] = [];
  for (let head = first; entries.length < records; head = headOf(entries.at(-1) as Entry)) {
    entries.push(appendTo(head, { event: 'request-sealed', at, request: 's', items: 1, duplicates: 0 }));
  }
  return entries;
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

  test('goes on behind its own end where Redis loses its last moments while it is open', async () => {
    const entries = await journal(5);
    const archive = keeper();
    await archive.open(await state(), renew);
    await archive.write(await signed(), renew);
    await loseBehind(entries, 3);
    const head = await archive.open(await state(), renew);
    expect(head).toEqual(headOf(entries[4] as Entry));
    expect(await state()).toMatchObject({ head, archived: 5 });
    await journals.append(head, sealedBehind(head, 2));
    await archive.open(await state(), renew);
    await archive.write(await signed(), renew);
    await archive.close();
    expect(await place.count()).toBe(7);
    expect(await state()).toMatchObject({ archived: 7 });
  });

  test('is noted again where Redis loses the note alone while it is open', async () => {
    await journal(5);
    const archive = keeper();
    await archive.open(await state(), renew);
    await archive.write(await signed(), renew);
    await redis.hset(`${keys.base}evidence`, { archived: 3 });
    await archive.open(await state(), renew);
    await archive.write(await signed(), renew);
    await archive.close();
    expect(await state()).toMatchObject({ archived: 5 });
  });

  test.each([
    ['as many', 2],
    ['more', 4],
  ])('is refused, open or not, where Redis has %s records of another chain', async (_many, records) => {
    const entries = await journal(5);
    const archive = keeper();
    await archive.open(await state(), renew);
    await archive.write(await signed(), renew);
    await loseBehind(entries, 3);
    // One that has no archive keeps the journal meanwhile.
    const third = headOf(entries[2] as Entry);
    const others = sealedBehind(third, records);
    expect(await journals.append(third, others)).toBe(true);
    for (const one of [archive, keeper()]) {
      await expect(one.open(await state(), renew)).rejects.toThrow('another record 5');
    }
    expect(await journals.entries(1, 10)).toEqual(others);
    expect(await place.count()).toBe(5);
    // The remedy of the runbook: what Redis has is put aside, and the journal goes on behind the archive.
    await redis.del(`${keys.base}journal`);
    await redis.hdel(`${keys.base}evidence`, 'sequence', 'hash', 'signed', 'signedAt', 'archived');
    expect(await archive.open(await state(), renew)).toEqual(headOf(entries[4] as Entry));
    await archive.close();
  });

  test('is refused where Redis has lost the records that follow it', async () => {
    const entries = await journal(5);
    await written(entries.slice(0, 2));
    await redis.xtrim(`${keys.base}journal`, 'MINID', '4-0');
    await expect(keeper().open(await state(), renew)).rejects.toThrow('lacks what follows');
    expect(await place.count()).toBe(2);
  });
});

describe('the archive of a journal in parts', () => {
  let store: S3Server;
  beforeEach(async () => {
    const parts = await inStore();
    place = parts;
    store = parts.s3;
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

  test('is opened again where another has written since', async () => {
    const entries = await journal(4);
    const one = keeper();
    await one.open(await state(), renew);
    await one.write(await signed(), renew);
    await journals.append(headOf(entries[3] as Entry), sealedBehind(headOf(entries[3] as Entry), 1));
    await writeAll();
    const { head } = await state();
    await journals.append(head, sealedBehind(head, 1));
    await one.open(await state(), renew);
    await one.write(await signed(), renew);
    await one.close();
    expect(await place.count()).toBe(6);
  });
});
