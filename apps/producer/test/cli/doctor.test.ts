import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { foundNothing, LegalHoldStore } from '@session-queue/core';
import {
  Announcements,
  consumerKeys,
  endHold,
  JournalStore,
  KindSwitch,
  laneKey,
  switchEvidence,
  takeHold,
} from '@session-queue/core/engine';
import { appendTo, emptyHead, headOf } from '@session-queue/core/evidence';
import { freePort, leakGuard, type RedisServer, startRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import type { FindCaller } from '../../src/auth/find-caller.ts';
import { clockFinding } from '../../src/cli/doctor/redis-server.ts';
import { Problem } from '../../src/problems/problem.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { startProducer, type TestProducer, testCaller } from '../support/test-producer.ts';
import { type Run, runCommand } from '../support/test-terminal.ts';

leakGuard();

const north = { name: 'north', identity: 'key 1' };

describe('the doctor, straight at Redis', () => {
  let server: RedisServer;
  let redis: Redis;
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
    await redis.config('SET', 'appendonly', 'yes');
  });

  async function examine(...args: string[]): Promise<Run> {
    return await runCommand(['doctor', '--redis', server.url, '--prefix', 'test', ...args], { environment: {} });
  }

  test('finds nothing to mend where a worker lives and Redis keeps what it is given', async () => {
    await new Announcements(redis, 'test').announce('one', [north]);
    const { exitCode, stdout, stderr } = await examine();
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {4}Redis \d[\d.]+ answers: appendonly on, noeviction/);
    expect(stdout).toContain('ok    1 worker alive, for north');
    expect(stdout).toContain('ok    The clocks of Redis and of this machine agree');
    expect(stdout).not.toMatch(/^(warn|bad)/m);
  });

  test('says of evidence that it is kept, that it waits for a worker, and that it cannot be written out', async () => {
    await new Announcements(redis, 'test').announce('one', [north]);
    const keys = consumerKeys(redis, 'test', 'north');
    await switchEvidence(keys, true);
    expect(await examine()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Evidence of north is on') });

    const ago = Date.now() - 20 * 60_000;
    await redis.xadd(`${keys.base}evidence:outbox`, `${ago}-0`, 'event', 'sealed');
    const waiting = await examine();
    expect(waiting.exitCode).toBe(1);
    expect(waiting.stdout).toContain('bad   Evidence of north has waited for 20 min to be put into its journal');

    const journals = new JournalStore(keys, 'one');
    await journals.lease(60_000, false);
    const sealed = { event: 'request-sealed', at: new Date(ago).toISOString(), request: 'r', duplicates: 0 } as const;
    const first = appendTo(emptyHead, { ...sealed, items: 1 });
    await journals.append(emptyHead, [first, appendTo(headOf(first), { ...sealed, items: 2 })], {
      events: [`${ago}-0`],
    });
    expect(await examine()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('is in Redis only: 2 records'),
    });
    await journals.lease(60_000, true);
    const never = await examine();
    expect(never.exitCode).toBe(1);
    expect(never.stdout).toContain('to be written out: 2 records');
    await journals.archived(1);
    const stuck = await examine();
    expect(stuck.exitCode).toBe(1);
    expect(stuck.stdout).toContain('bad   The journal of north has waited for 20 min to be written out: 1 record');
    expect(stuck.stdout).toContain('EVIDENCE_S3_URL');
  });

  test('names requests with items that are in no batch, since somebody took its record out of Redis', async () => {
    await new Announcements(redis, 'test').announce('one', [north]);
    await redis.zadd(`${consumerKeys(redis, 'test', 'north').base}removed`, Date.now(), 'r-1');
    const { exitCode, stdout } = await examine();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('bad   Items of request r-1 of north are in no batch');
    expect(stdout).toContain('the items fail with the code record_removed');
  });

  test('names legal holds that keep nothing, once it was looked for their sessions', async () => {
    await new Announcements(redis, 'test').announce('one', [north]);
    const holds = new LegalHoldStore(redis, 'test');
    const reason = 'case 12';
    await holds.addLegalHold({ id: 'typo', consumer: 'north', userId: 'learnre-17', reason });
    await holds.addLegalHold({ id: 'named', consumer: 'north', sessionIds: ['a'], reason });
    expect((await examine()).stdout).not.toContain('keeps nothing');
    const keys = consumerKeys(redis, 'test', 'north');
    const hold = await takeHold(keys, 'token');
    if ('ms' in hold) throw new Error('nothing is to be resolved');
    await endHold(keys, hold);
    const { exitCode, stdout } = await examine();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/warn {2}1 legal hold of north keeps nothing, as .* user or activity: typo\n/);
    expect(stdout).toMatch(/legal-hold show <id> --redis redis:\S+ --prefix test\n/);
    expect(stdout).not.toContain('learnre-17');
    // As its view says it, and nobody else's.
    const views = await holds.legalHolds('north');
    expect(await holds.holdsOnNothing('north')).toEqual(views.filter(foundNothing).map(({ id }) => id));
    await holds.removeLegalHold('typo', { reason: 'spelled anew' });
    expect((await examine()).stdout).not.toContain('keeps nothing');
  });

  test('names all that is wrong with how to mend it, and fails', async () => {
    await redis.config('SET', 'appendonly', 'no');
    await new Announcements(redis, 'test').announce('one', [north]);
    await redis.sadd('{test}:consumers', 'south');
    // The client would refuse such a reason; what lies in Redis may be anybody's.
    await new KindSwitch(redis, 'test').stop('deletion', { reason: 'wrong\u001b list' });
    await redis.hset('{test}:deletion.batches:meta', { paused: '1', version: 'bullmq:5.0.0' });
    const lane = laneKey(consumerKeys(redis, 'test', 'north'), 'resubmission');
    await redis.hset(lane, { stopped: 'wrong secret', stoppedCode: '40001', stoppedAt: String(Date.now()) });

    const { exitCode, stdout, stderr } = await examine();
    expect([exitCode, stderr]).toEqual([1, '4 things to mend.\n']);
    expect(stdout).toContain(
      'bad   appendonly is off, a restart would lose accepted requests\n      mend: set appendonly yes\n',
    );
    expect(stdout).toContain('bad   The queue deletion.batches is paused\n      mend: resume it in Bull Board\n');
    expect(stdout).toContain('ok    The queue retention.rules is not paused\n');
    expect(stdout).toMatch(
      /warn {2}The queue deletion\.batches was last written by bullmq:5\.0\.0, and this is bullmq:6/,
    );
    expect(stdout).toMatch(
      /bad {3}Every deletion is stopped since .*: wrong\? list\n {6}mend: node cli\.js start --kind deletion --redis \S+ --prefix test\n/,
    );
    expect(stdout).toMatch(/bad {3}The lane of north for resubmissions is stopped since .*: wrong secret \(40001\)\n/);
    expect(stdout).toMatch(/warn {2}No living worker knows 1 consumer that had one \(south\)\n/);

    const json = (await examine('--json')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string });
    expect(json.filter(({ level }) => level === 'bad')).toHaveLength(4);
  });

  test('says what workers keep, and where they or the environment differ', async () => {
    const announcements = new Announcements(redis, 'test');
    const settings = { sessionIndex: true, retentionMs: 30 * 86_400_000 };
    await announcements.announce('one', [north], { settings });
    expect((await examine()).stdout).toContain('ok    Workers have an index of sessions, and 30 days of retention\n');
    const args = ['doctor', '--redis', server.url, '--prefix', 'test'];
    const { stdout } = await runCommand(args, { environment: { SESSION_INDEX: 'false', RETENTION_DAYS: '1' } });
    expect(stdout).toContain(
      'warn  The environment here says no index of sessions, and 1 day of retention, and workers have an index of sessions, and 30 days',
    );
    await redis.flushall();
    await announcements.announce('one', [north], { settings: { ...settings, tombstones: true } });
    expect((await examine()).stdout).toContain(
      'ok    Workers have an index of sessions, 30 days of retention, and tombstones of what was deleted\n',
    );
    await announcements.announce('two', [north], { settings: { ...settings, sessionIndex: false } });
    const { exitCode, stdout: differing } = await examine();
    expect(exitCode).toBe(0);
    expect(differing).toMatch(/warn {2}Workers differ: .*no index of sessions/);
  });

  test('says that nobody works where no announcement stands', async () => {
    await redis.hset('{test}:announcements', 'north\tone', `key 1\t${Date.now() - 1_000}`);
    await redis.sadd('{test}:consumers', 'north');
    const { exitCode, stdout } = await examine();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('bad   No worker is alive under the prefix test, requests wait\n');
  });

  test('says so when Redis is not there, and does not wait for it', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const { exitCode, stdout } = await runCommand(['doctor', '--redis', url], { environment: {} });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^bad {3}Redis does not answer .*\n {6}mend: check that it runs/);
  });
});

test('clocks that are apart are named with how far', () => {
  expect(clockFinding('Redis', 1_900)).toMatchObject({ level: 'ok' });
  expect(clockFinding('Redis', -7_200_000)).toMatchObject({
    level: 'warn',
    what: "The clock of Redis is 7200.0 s behind this machine's",
  });
});

describe('the doctor, at the producer', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;
  beforeAll(async () => {
    queue.known = ['north'];
    const checkReadiness = async () => ({
      problems: [{ code: 'append_only_off', message: 'appendonly is off: set it' }],
    });
    const findKey = (token: string) => (token === 'tok' ? 'desk' : undefined);
    producer = await startProducer({ queue, findKey, checkReadiness });
  });
  afterAll(async () => await producer.stop());

  test('says whether it is there and ready, and whether it takes the token', async () => {
    const { exitCode, stdout } = await runCommand(['doctor', '--url', producer.url, '--token', 'wrong'], {
      environment: {},
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`ok    The producer at ${producer.url} answers\n`);
    expect(stdout).toContain('bad   appendonly is off\n      mend: set it\n');
    expect(stdout).toContain('ok    The clocks of the producer and of this machine agree\n');
    expect(stdout).toMatch(/bad {3}.*token.*\n {6}mend: check the token/i);
  });

  test('tells a producer that is away from something else that answers', async () => {
    const away = `http://127.0.0.1:${await freePort()}`;
    const missing = await runCommand(['doctor', '--url', away], { environment: {} });
    expect(missing.stdout).toContain(`bad   The producer at ${away} does not answer`);
    const other = await runCommand(['doctor', '--url', `${producer.url}/other`], { environment: {} });
    expect(other.stdout).toContain('bad   What answers there is no producer of Session Queue\n');
    expect([missing.exitCode, other.exitCode]).toEqual([1, 1]);
  });

  describe('that is ready', () => {
    let well: TestProducer;
    let findCaller: FindCaller;
    const examine = async (url = well.url): Promise<Run> =>
      await runCommand(['doctor', '--url', url, '--token', 'tok'], { environment: {} });
    beforeAll(async () => {
      well = await startProducer({ queue, findCaller: (token) => findCaller(token) });
    });
    afterAll(async () => await well.stop());
    beforeEach(() => {
      findCaller = () => testCaller('desk');
    });

    test('finds nothing to mend, and says that the versions are one', async () => {
      const { exitCode, stdout } = await examine();
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^ok {4}Not looked at over HTTP: what is stopped, workers.*doctor --redis <url> does$/m);
      expect(stdout).toMatch(/^ok {4}Its version is [\d.]+, and so is that of this program$/m);
      expect(stdout).not.toMatch(/^(warn|bad)/m);
    });

    test('takes a token that may only ask for a good one', async () => {
      findCaller = () => testCaller('desk', { scopes: new Set(['deletion:create']) });
      const { exitCode, stdout } = await examine();
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^ok {4}It takes the token, which may not see/m)]);
    });

    test.each([
      ['has used up its calls', 'rate-limited', /^warn .*\n {6}mend: wait for a minute/m, 0],
      ['cannot be checked', 'issuer-away', /^bad .*\n {6}mend: wait, and see to what the producer waits for/m, 1],
      ['is not known', 'unauthorized', /^bad .*\n {6}mend: check the token/m, 1],
      ['is met by a fault', 'internal', /^bad .*\n {6}mend: look into the producer's log/m, 1],
    ] as const)('says what to do where the token %s', async (_what, kind, said, code) => {
      findCaller = () => {
        throw new Problem(kind, 'Not now.');
      };
      const { exitCode, stdout } = await examine();
      expect([exitCode, stdout]).toEqual([code, expect.stringMatching(said)]);
      expect(stdout).not.toContain('one version');
    });

    test('names a version that is another', async () => {
      const other = createServer((_request, response) => {
        response.end(JSON.stringify({ status: 'ready', version: '9.8.7', consumers: ['north'] }));
      });
      await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
      const { port } = other.address() as AddressInfo;
      const { exitCode, stdout } = await examine(`http://127.0.0.1:${port}`);
      other.closeAllConnections();
      await new Promise((closed) => other.close(closed));
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /^warn {2}Its version is 9\.8\.7, and that of this program is [\d.]+\n {6}mend: bring the producer and/m,
      );
    });
  });
});
