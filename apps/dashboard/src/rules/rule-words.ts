import type { RuleRun, RuleView } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { count, counted, utc } from '../pages/wording.ts';
import { activityWords } from '../selections/filter-words.ts';

const tones: Readonly<Record<RuleRun['state'], string>> = {
  selecting: 'busy',
  nothing: 'calm',
  reported: 'good',
  approval_requested: 'good',
  deletion_requested: 'good',
  skipped: 'warn',
  failed: 'bad',
};

const words: Readonly<Record<RuleRun['state'], string>> = {
  selecting: 'selecting',
  nothing: 'found nothing',
  reported: 'reported',
  approval_requested: 'asked for approval',
  deletion_requested: 'asked for deletion',
  skipped: 'skipped',
  failed: 'failed',
};

/** What a run came to, in its colour. What was reported since it is over the cap is a warning. */
export function runPill({ state, error }: RuleRun): Html {
  const tone = state === 'reported' && error !== undefined ? 'warn' : tones[state];
  return html`<span class="pill ${tone}">${words[state]}</span>`;
}

/** 'reports', 'deletes up to 500 a run' */
export function modeWords({ mode, cap = 0 }: RuleView): string {
  if (mode === 'report') return 'reports their number';
  return mode === 'approve' ? 'asks for a deletion that waits for approval' : `deletes up to ${count(cap)} a run`;
}

/** When it comes: 'by the cron pattern 0 3 * * 0, Europe/Berlin', 'every 12 hours' */
export function scheduleWords({ schedule: { cron, timeZone = 'UTC', every } }: RuleView): string {
  return every === undefined ? `by the cron pattern ${cron}, ${timeZone}` : `every ${spanOf(every)}`;
}

/** Its next moment; late where it should have run. */
export function nextWords({ next }: RuleView, now: number): Html {
  if (next === undefined) return html`<span class="pill calm">disabled</span>`;
  const isLate = Date.parse(next) < now - lateMs;
  return html`<time datetime="${next}">${utc(next)}</time>${isLate ? html` <span class="pill bad">late</span>` : undefined}`;
}

/** What is due runs within seconds where a worker is alive. */
const lateMs = 60_000;

const spanWords = { completed: 'completed', started: 'started', updated: 'last updated' } as const;

const spanUnits = { Y: 'year', M: 'month', W: 'week', D: 'day' } as const;
const timeUnits = { H: 'hour', M: 'minute', S: 'second' } as const;

/** An ISO 8601 duration in words: 'P1Y6M' is '1 year and 6 months'. */
export function spanOf(duration: string): string {
  const [date = '', time = ''] = duration.slice(1).split('T');
  return [...unitsOf(date, spanUnits), ...unitsOf(time, timeUnits)].join(' and ') || duration;
}

function unitsOf(text: string, names: Readonly<Record<string, string>>): string[] {
  return [...text.matchAll(/(\d+)([A-Z])/g)].map(([, amount, unit = '']) =>
    counted(Number(amount), names[unit] ?? unit),
  );
}

/** What it selects: learners and sessions by their number, and never an id of theirs; activities as selections name them. */
export function filterWords({ filter }: RuleView): string {
  const { sessionIds, userIds, activityIds, statuses } = filter;
  const spans = (['completed', 'started', 'updated'] as const).flatMap((what) => {
    const { olderThan, newerThan } = filter[what] ?? {};
    return [
      ...(olderThan === undefined ? [] : [`${spanWords[what]} longer ago than ${spanOf(olderThan)}`]),
      ...(newerThan === undefined ? [] : [`${spanWords[what]} no longer ago than ${spanOf(newerThan)}`]),
    ];
  });
  return [
    ...(sessionIds === undefined ? [] : [`among ${counted(sessionIds.length, 'session id')}`]),
    ...(userIds === undefined ? [] : [`of ${counted(userIds.length, 'learner')}`]),
    ...(activityIds === undefined ? [] : [activityWords(activityIds)]),
    ...(statuses === undefined ? [] : [`with status ${statuses.join(' or ')}`]),
    ...spans,
  ].join(', ');
}
