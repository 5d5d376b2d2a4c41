import type { RuleInput, Rules } from '@session-queue/core';

export const rule: RuleInput = {
  consumer: 'school-a',
  filter: { userIds: ['private-learner'], completed: { olderThan: 'P3Y' } },
  schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
  mode: 'delete',
  cap: 5_000,
  reason: 'retention <three> years',
};

/** Two rules: `on` is enabled, `off` is not. */
export async function setRules(rules: Rules): Promise<void> {
  await rules.putRule('on', rule);
  await rules.putRule('off', { ...rule, enabled: false });
}

export async function enabledRules(rules: Rules): Promise<string[]> {
  return (await rules.listRules()).filter(({ enabled }) => enabled).map(({ name }) => name);
}
