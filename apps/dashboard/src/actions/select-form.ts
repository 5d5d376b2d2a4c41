import { type BreakdownDimension, sessionStatuses } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { consumerField } from './consumer-choice.ts';

export const spans = ['updated', 'started', 'completed'] as const;
type Span = (typeof spans)[number];
/** A field of a time: 'updatedFrom' */
type TimeField = `${Span}${'From' | 'To'}`;

/** What stands in a form that is filled in again: nothing in which somebody may have typed an id. */
export interface SelectForm {
  /** Those that workers have announced. */
  consumers: readonly string[];
  consumer: string | undefined;
  statuses: readonly string[];
  times: Partial<Record<TimeField, string | undefined>>;
  keepMetadata: boolean;
  breakdown: string | undefined;
}

const spanTitles = { updated: 'Last updated (UTC)', started: 'Started (UTC)', completed: 'Completed (UTC)' } as const;
const dimensions = {
  status: 'Status',
  activityId: 'Activity, of those above',
  userId: 'Learner, of those above',
} as const satisfies Record<BreakdownDimension, string>;

/** A time as a browser's field for it has it: '2024-01-31T08:00', with seconds where they are not 0. */
const localTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

/** The moment that a field of a time means, which is UTC; what is no such time is left to whoever checks it. */
export function momentOf(typed: string): string {
  const found = localTime.exec(typed);
  if (found === null) return typed;
  const [, seconds] = found;
  return `${typed}${seconds === undefined ? ':00' : ''}Z`;
}

/** Which sessions are to be selected. The ids themselves are never filled in again: a page shows none. */
export function selectForm({ consumers, consumer, statuses, times, keepMetadata, breakdown }: SelectForm): Html {
  return html`${consumerField(consumers, consumer)}
${idsField('users', 'Of these learners, by their user ids, one a line')}
${idsField('activities', 'Of these activities, by their ids, one a line')}
${idsField('sessions', 'Among these sessions, by their ids, one a line')}
<small id="ids-hint">At most 1,000 of each. Pages and logs show no session and no learner.</small>
<fieldset><legend>With one of these statuses</legend>${sessionStatuses.map((status) =>
    checkBox('statuses', status, status, statuses.includes(status)),
  )}</fieldset>
${spans.map((span) => spanFields(span, times))}
<small id="times-hint">Whether Learnosity finds sessions of the very second that a span ends with is not documented.</small>
<label for="breakdown">Break down by</label>
<select id="breakdown" name="breakdown" aria-describedby="breakdown-hint"><option value="">nothing: only how many there are</option>${Object.entries(
    dimensions,
  ).map(
    ([by, words]) => html`<option value="${by}"${by === breakdown ? html` selected` : undefined}>${words}</option>`,
  )}</select>
<small id="breakdown-hint">Each value takes a walk of its own: at most 100.</small>
${checkBox('keepMetadata', 'yes', 'Keep the metadata of each session, for an export before the deletion', keepMetadata)}`;
}

function idsField(name: string, words: string): Html {
  return html`<label for="${name}">${words}</label>
<textarea id="${name}" name="${name}" rows="3" autocomplete="off" spellcheck="false" aria-describedby="ids-hint"></textarea>`;
}

function checkBox(name: string, value: string, words: string, isChecked: boolean): Html {
  return html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${isChecked ? html` checked` : undefined}> ${words}</label>`;
}

function spanFields(span: Span, times: SelectForm['times']): Html {
  return html`<fieldset class="span" aria-describedby="times-hint"><legend>${spanTitles[span]}</legend>
${timeField(`${span}From`, 'from', times)}
${timeField(`${span}To`, 'to', times)}</fieldset>`;
}

function timeField(name: TimeField, words: string, times: SelectForm['times']): Html {
  const { [name]: typed = '' } = times;
  return html`<label>${words} <input type="datetime-local" name="${name}" value="${localTime.test(typed) ? typed : ''}"></label>`;
}
