import type { RuleRun, RuleView } from '@session-queue/core';
import type { Colours } from '../terminal.ts';
import { printable, readable } from '../wording.ts';
import { type LabelledLine, labelled } from './labelled.ts';
import type { ColumnOf } from './table.ts';

const ruleColumns: readonly ColumnOf<RuleView>[] = [
  { header: 'NAME', text: ({ name }) => name },
  { header: 'CONSUMER', text: ({ consumer }) => consumer, least: 8 },
  { header: 'MODE', text: ({ mode }) => mode },
  { header: 'NEXT', text: ({ next }) => next ?? 'disabled' },
  { header: 'LAST RUN', text: ({ lastRun }) => lastRun?.moment ?? '' },
  { header: 'RESULT', text: ({ lastRun }) => lastRun?.state ?? '' },
  { header: 'FOUND', text: ({ lastRun }) => foundBy(lastRun), isNumber: true },
];

const runColumns: readonly ColumnOf<RuleRun>[] = [
  { header: 'MOMENT', text: ({ moment }) => moment },
  { header: 'RESULT', text: ({ state }) => state },
  { header: 'FOUND', text: foundBy, isNumber: true },
  { header: 'REQUEST', text: ({ request = '' }) => printable(request) },
  { header: 'WHY', text: ({ error }) => (error === undefined ? '' : printable(error.message)), least: 16 },
];

/** A list of rules. */
export const listedRules = {
  columns: () => ruleColumns,
  cells: ({ name, consumer, mode, next = 'disabled', lastRun }: RuleView) => {
    const { moment = '', state = '', count } = lastRun ?? {};
    return [name, consumer, mode, next, moment, state, count ?? ''];
  },
  nothing: 'There are no rules.',
};

/** The runs of a rule. */
export const listedRuns = {
  columns: () => runColumns,
  cells: ({ moment, state, count, selection = '', request = '', error }: RuleRun) => {
    return [moment, state, count ?? '', selection, request, error?.message ?? ''];
  },
  nothing: 'It has not run yet.',
};

/** A rule as lines for people. */
export function showRuleLines(rule: RuleView, colours: Colours): string {
  const { lastRun, schedule, cap } = rule;
  const lines: readonly LabelledLine[] = [
    ['Rule', rule.name],
    ['Consumer', rule.consumer],
    ['Filter', JSON.stringify(rule.filter)],
    [
      'Schedule',
      schedule.every === undefined ? `${schedule.cron}, ${schedule.timeZone ?? 'UTC'}` : `every ${schedule.every}`,
    ],
    ['Mode', cap === undefined ? rule.mode : `${rule.mode}, up to ${readable(cap)} a run`],
    ['Reason', rule.reason],
    ['Next', rule.next ?? 'disabled'],
    [
      'Last run',
      lastRun &&
        `${lastRun.moment}: ${lastRun.state}${lastRun.count === undefined ? '' : `, ${readable(lastRun.count)} found`}`,
    ],
    ['Why', lastRun?.error?.message],
    ['Set by', rule.updatedBy],
    ['Set', rule.updatedAt],
  ];
  return labelled(lines, (label, text) =>
    label === 'Why' || (label === 'Next' && rule.next === undefined) ? colours.red(text) : text,
  );
}

function foundBy(run: RuleRun | undefined): string {
  return run?.count === undefined ? '' : readable(run.count);
}
