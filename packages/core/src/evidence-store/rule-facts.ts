import type { RuleFacts } from '../evidence/journal/rule-facts.ts';
import type { Rule } from '../rules/rule.ts';

/** What the journal is told of a rule that is set or changed: no id of its filter. */
export function ruleFacts({ mode, cap, enabled, schedule, filter, reason }: Rule): RuleFacts {
  const { sessionIds, userIds, activityIds, statuses, updated, started, completed } = filter;
  return {
    mode,
    cap,
    enabled,
    schedule,
    filter: {
      sessions: sessionIds?.length,
      users: userIds?.length,
      activities: activityIds?.length,
      statuses: statuses && [...new Set(statuses)],
      updated,
      started,
      completed,
    },
    reason,
  };
}
