import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RuleInput, Rules } from '@session-queue/core/client';
import { leakGuard } from '@session-queue/testing';
import { BothWays, refusalOf, ways } from './both-ways.ts';

leakGuard();

let both: BothWays;
beforeAll(async () => {
  both = await BothWays.start();
});
afterAll(() => both.stop());

const input: RuleInput = {
  filter: { completed: { olderThan: 'P3Y' } },
  schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
  mode: 'delete',
  cap: 500,
  reason: 'retention',
};

describe.each(ways)('rules over %s', (way) => {
  let rules: Rules;
  beforeEach(async () => {
    await both.redis.flushall();
    rules = both.queue(way).rules;
  });

  test('are set, shown, changed, listed and removed', async () => {
    const made = await rules.putRule('old', input);
    expect(made).toMatchObject({ name: 'old', consumer: 'default', enabled: true, ...input });
    expect(await rules.getRule('old')).toEqual(made);
    const changed = await rules.putRule('old', { ...input, cap: 600 });
    expect(changed).toMatchObject({ cap: 600, next: made.next });
    await rules.putRule('north', { ...input, consumer: 'north', enabled: false });
    expect((await rules.listRules()).map(({ name }) => name)).toEqual(['north', 'old']);
    expect((await rules.listRules({ consumers: ['north'] })).map(({ name }) => name)).toEqual(['north']);
    await rules.removeRule('old');
    expect((await rules.listRules()).map(({ name }) => name)).toEqual(['north']);
  });

  test('run by hand, once at a time, and are remembered', async () => {
    await rules.putRule('old', input);
    const run = await rules.runRule('old');
    expect(run).toMatchObject({ state: 'selecting', mode: 'delete' });
    expect(await rules.runRule('old')).toEqual(run);
    expect(await rules.ruleRuns('old')).toEqual([run]);
    expect((await rules.getRule('old')).lastRun).toEqual(run);
  });

  test('show what they would do, with the next five moments, and do not run by it', async () => {
    await rules.putRule('old', { ...input, enabled: false });
    const { rule, selection, next } = await rules.previewRule('old');
    expect(rule).toEqual(await rules.getRule('old'));
    expect(selection).toMatchObject({ state: 'walking', consumer: 'default', requestedBy: 'rule old' });
    expect(next).toHaveLength(5);
    expect(await rules.ruleRuns('old')).toEqual([]);
  });

  test('are refused in the same words', async () => {
    await rules.putRule('old', input);
    await rules.putRule('off', { ...input, enabled: false });
    const refusals: [Promise<unknown>, string, string?][] = [
      [rules.getRule('none'), 'not_found'],
      [rules.removeRule('none'), 'not_found'],
      [rules.runRule('none'), 'not_found'],
      [rules.previewRule('none'), 'not_found'],
      [rules.ruleRuns('none'), 'not_found'],
      [rules.runRule('off'), 'conflict'],
      [rules.putRule('old', { ...input, consumer: 'north' }), 'conflict'],
      [rules.putRule('old', { ...input, cap: undefined }), 'invalid', 'cap'],
      [rules.putRule('old', { ...input, schedule: { cron: 'often' } }), 'invalid', 'schedule.cron'],
      [rules.putRule('old', { ...input, filter: { completed: {} } }), 'invalid', 'filter.completed'],
    ];
    const met = await Promise.all(
      refusals.map(async ([call]) => {
        const { code, field } = await refusalOf(call);
        return { code, field };
      }),
    );
    expect(met).toEqual(refusals.map(([, code, field]) => ({ code, field })));
    expect(await rules.getRule('old')).toMatchObject(input);
  });
});
