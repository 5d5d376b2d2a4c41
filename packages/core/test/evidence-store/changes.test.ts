import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { SessionQueueClient } from '../../src/client/session-queue-client.ts';
import { type JournalRecord, recordSchema } from '../../src/evidence/journal/record.ts';
import { changeScript } from '../../src/evidence-store/change-script.ts';
import { changesKey, takeChanges } from '../../src/evidence-store/changes.ts';
import { journalEvents } from '../../src/evidence-store/journal-events.ts';
import { oldestEventAgeMs, readOutbox, switchEvidence } from '../../src/evidence-store/outbox.ts';
import { type ConsumerKeys, consumerKeys } from '../../src/lanes/keys.ts';
import { KindSwitch } from '../../src/lanes/kind-switch.ts';
import type { RuleInput } from '../../src/rules/rule.ts';
import { Lab } from '../lanes/lab.ts';

leakGuard();

const { source: switchSource } = changeScript(new URL('../../src/lanes/switch-kind-2.lua', import.meta.url));

let lab: Lab;
let client: SessionQueueClient;
let north: ConsumerKeys;
let south: ConsumerKeys;

beforeAll(async () => {
  lab = await Lab.start();
  client = new SessionQueueClient({ redis: lab.redis, prefix: 'test' });
  north = consumerKeys(lab.redis, 'test', 'north');
  south = consumerKeys(lab.redis, 'test', 'south');
});
afterAll(async () => {
  await client.close();
  await lab.stop();
});
beforeEach(async () => {
  await lab.redis.flushall();
  await switchEvidence(north, true);
});

/** The records that a consumer's journal will have. */
async function records(keys: ConsumerKeys): Promise<JournalRecord[]> {
  await takeChanges(keys);
  const events = (await readOutbox(keys, 100)).flatMap((event) => journalEvents(keys.consumer, event, () => undefined));
  return events.map(({ event }, index) => recordSchema.parse({ ...event, sequence: index + 1 }));
}

const rule: RuleInput = {
  consumer: 'north',
  filter: { userIds: ['learner-1', 'learner-2'], statuses: ['Completed'], completed: { olderThan: 'P3Y' } },
  schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
  mode: 'delete',
  cap: 600,
  reason: 'retention',
};

describe('the switch of deletions', () => {
  test('is in the journal of each consumer under evidence: who stopped and started them, and why', async () => {
    await switchEvidence(south, true);
    await client.stopKind('deletion', 'a wrong list', { by: 'ada' });
    await client.startKind('deletion', { reason: 'mended', by: 'grace' });
    for (const keys of [north, south]) {
      expect(await records(keys)).toEqual([
        expect.objectContaining({ event: 'kind-stopped', kind: 'deletion', by: 'ada', reason: 'a wrong list' }),
        expect.objectContaining({ event: 'kind-started', kind: 'deletion', by: 'grace', reason: 'mended' }),
      ]);
    }
  });

  test('is told once when its step runs twice (invariant 11), and not where nothing changed', async () => {
    const kindSwitch = new KindSwitch(lab.redis, 'test');
    await kindSwitch.start('deletion');
    await kindSwitch.stop('deletion', { reason: 'once' });
    const stop = (await lab.redis.hget('{test}:stopped', 'deletion')) ?? '';
    const args = ['{test}:stopped', '{test}:evidence', 'deletion', stop, '', 'once'];
    await lab.redis.eval(switchSource, 2, ...args);
    await kindSwitch.start('deletion');
    await kindSwitch.start('deletion');
    expect((await records(north)).map(({ event }) => event)).toEqual(['kind-stopped', 'kind-started']);
  });

  test('is not told of resubmissions, nor where evidence is off', async () => {
    await client.stopKind('resubmission', 'r');
    await switchEvidence(north, false);
    await client.stopKind('deletion', 'r');
    expect(await records(north)).toEqual([]);
    expect(await lab.redis.exists(changesKey(north))).toBe(0);
  });
});

describe('a retention rule', () => {
  test('is in the journal of its consumer as it is set, changed and removed, by whom, and without an id', async () => {
    await switchEvidence(south, true);
    await client.rules.putRule('old', rule, { by: 'ada' });
    await client.rules.putRule('old', { ...rule, cap: 9 }, { by: 'grace' });
    await client.rules.removeRule('old', { by: 'alan' });
    const facts = {
      rule: 'old',
      consumer: 'north',
      mode: 'delete',
      enabled: true,
      reason: 'retention',
      filter: { users: 2, statuses: ['Completed'], completed: { olderThan: 'P3Y' } },
      schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
    };
    expect(await records(north)).toEqual([
      expect.objectContaining({ event: 'rule-set', by: 'ada', cap: 600, ...facts }),
      expect.objectContaining({ event: 'rule-changed', by: 'grace', cap: 9, ...facts }),
      expect.objectContaining({ event: 'rule-removed', rule: 'old', consumer: 'north', by: 'alan' }),
    ]);
    expect(await records(south)).toEqual([]);
    expect(JSON.stringify(await lab.redis.xrange(`${north.base}evidence:outbox`, '-', '+'))).not.toContain('learner-');
  });

  test('is told once when it is set twice, and not where it is refused', async () => {
    await client.rules.putRule('old', rule);
    await client.rules.putRule('old', rule);
    await expect(client.rules.putRule('old', { ...rule, consumer: 'south' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await client.rules.removeRule('old');
    await expect(client.rules.removeRule('old')).rejects.toMatchObject({ code: 'not_found' });
    expect((await records(north)).map(({ event }) => event)).toEqual(['rule-set', 'rule-removed']);
  });

  test('that is set anew while its last run goes on is set, and not changed', async () => {
    await client.rules.putRule('old', rule);
    await client.rules.runRule('old');
    await client.rules.removeRule('old');
    await client.rules.putRule('old', rule);
    expect((await records(north)).map(({ event }) => event)).toEqual(['rule-set', 'rule-removed', 'rule-set']);
  });
});

describe('changes on their way into a journal', () => {
  test('wait where nobody takes them, and are taken once, whoever does and however often (invariant 11)', async () => {
    for (const reason of ['one', 'two', 'three']) await client.stopKind('deletion', reason);
    const waiting = await lab.redis.xrange(changesKey(north), '-', '+');
    expect(await oldestEventAgeMs(north)).toBeGreaterThanOrEqual(0);
    await Promise.all([takeChanges(north), takeChanges(north)]);
    expect(await lab.redis.xlen(changesKey(north))).toBe(0);
    // As if whoever took them had died before they were taken away.
    for (const [id, fields] of waiting) await lab.redis.xadd(copy, id, ...fields);
    await lab.redis.rename(copy, changesKey(north));
    await takeChanges(north);
    expect((await records(north)).map((record) => 'reason' in record && record.reason)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  test('are noted for a consumer that was under evidence before there were any', async () => {
    await lab.redis.del('{test}:evidence');
    await client.stopKind('deletion', 'missed');
    await switchEvidence(north, undefined);
    await client.stopKind('deletion', 'noted');
    expect(await records(north)).toMatchObject([{ reason: 'noted' }]);
  });

  const copy = '{test}:evidence:copy';
});
