import { Refusal, type Rules, unknownRule } from '@session-queue/core';

const refuse = async (): Promise<never> => {
  throw new Refusal('not_found', unknownRule);
};

/** What there is where nobody has set a rule, or can. */
export const noRules: Rules = {
  putRule: refuse,
  getRule: refuse,
  listRules: async () => [],
  removeRule: refuse,
  runRule: refuse,
  previewRule: refuse,
  ruleRuns: refuse,
};
