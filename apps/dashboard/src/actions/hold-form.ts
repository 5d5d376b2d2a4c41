import type { HeldThing } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { consumerField } from './consumer-choice.ts';

export interface HoldForm {
  /** Those that workers have announced. */
  consumers: readonly string[];
  consumer: string | undefined;
  on: HeldThing;
}

const things = {
  sessions: 'Sessions, by their ids',
  user: 'All sessions of a learner',
  activity: 'All sessions of an activity',
} as const satisfies Record<HeldThing, string>;

/** What is to be held. The ids themselves are never filled in again: a page shows none. */
export function holdForm({ consumers, consumer, on }: HoldForm): Html {
  return html`${consumerField(consumers, consumer)}
<fieldset><legend>What is held</legend>${Object.entries(things).map(
    ([thing, words]) =>
      html`<label class="check"><input type="radio" name="on" value="${thing}" required${thing === on ? html` checked` : undefined}> ${words}</label>`,
  )}</fieldset>
<label for="ids">Their ids, one a line; of a learner or an activity its own</label>
<textarea id="ids" name="ids" required rows="5" autocomplete="off" spellcheck="false" aria-describedby="ids-hint"></textarea>
<small id="ids-hint">At most 1,000 sessions: more take further holds, or <code>session-queue legal-hold add --file</code>. Pages and logs show none of them.</small>`;
}
