import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type ConsumerKeys,
  consumerKeys,
  KindSwitch,
  readJournalState,
  switchEvidence,
} from '@session-queue/core/engine';
import { createKeyPair, type JournalArchives, readSigningKey } from '@session-queue/core/evidence';
import { eventually, leakGuard, type RedisServer, S3Server, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Archivist } from '../../src/archivist/archivist.ts';
import { connectStore } from '../s3-place.ts';

leakGuard();

const key = readSigningKey(createKeyPair().privatePem);

let server: RedisServer;
let redis: Redis;
let keys: ConsumerKeys;
let store: S3Server;
let stops: (() => Promise<void> | void)[];
/** The lines of the log. */
let lines: { level: number; msg: string }[];

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
  [stops, lines] = [[], []];
  keys = consumerKeys(redis, 'test', 'north');
  await switchEvidence(keys, true);
  store = await S3Server.start();
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await store.stop();
});

async function archives(at: S3Server = store): Promise<JournalArchives> {
  const client = await connectStore(at);
  stops.push(() => client.stop());
  return client;
}

/** With the lease of production: nobody comes in by its end. */
function archivist(place?: JournalArchives): Archivist {
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const made = new Archivist({ keys, evidence: { key, archives: place, checkpointMs: 200 }, logger });
  stops.push(() => made.stop());
  return made;
}

/** An event for the journal. */
async function held(event = 'held'): Promise<void> {
  const fields = { event, at: Date.now(), hold: randomUUID(), on: 'sessions', sessions: 1, by: '', reason: 'a case' };
  await redis.xadd(`${keys.base}evidence:outbox`, '*', ...Object.entries(fields).flat());
}

const failed = () => lines.filter(({ msg }) => msg.startsWith('keeping the journal failed'));
const hasFailed = () => eventually(() => Promise.resolve(failed().length > 0), { timeoutMs: 20_000 });
const sequence = async () => (await readJournalState(keys)).head.sequence;

test('a stop of all deletions is in the journal, though it lies in no key of the consumer, and though nothing else is under way', async () => {
  // Without an archive: what is archived leaves Redis.
  const one = archivist();
  await new KindSwitch(redis, 'test').stop('deletion', { reason: 'a court order', by: 'ada' });
  one.wake();
  await eventually(async () => (await sequence()) > 0);
  const [entry] = await redis.xrange(`${keys.base}journal`, '1-0', '1-0');
  expect(String(entry)).toMatch(/"by":"ada","event":"kind-stopped".*"reason":"a court order"/);
});

describe('an archivist that cannot keep the journal', () => {
  test('for the store leaves it to one that can, whatever wakes it', async () => {
    const elsewhere = await S3Server.start({ bucket: 'elsewhere' });
    const one = archivist(await archives(elsewhere));
    await elsewhere.stop();
    const two = archivist(await archives());
    await held();
    one.wake();
    await hasFailed();
    one.wake();
    two.wake();
    await eventually(async () => (await sequence()) > 0, { timeoutMs: 2_000 });
    expect(failed()).toHaveLength(1);
  }, 30_000);

  test('for an event of a later version leaves it to one that knows it', async () => {
    await held('of-tomorrow');
    const one = archivist(await archives());
    one.wake();
    await hasFailed();
    await eventually(async () => (await redis.exists(`${keys.base}evidence:lease`)) === 0, { timeoutMs: 2_000 });
    expect(await redis.xlen(`${keys.base}evidence:outbox`)).toBe(1);
    expect(await sequence()).toBe(0);
    // A day of failures is some lines, not thousands.
    await eventually(() => Promise.resolve(failed().length > 1), { timeoutMs: 10_000 });
    expect(failed().map(({ level }) => level)).toEqual([50, 20]);
  }, 30_000);
});
