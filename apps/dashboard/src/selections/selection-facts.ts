import type { SelectionView } from '@session-queue/core';
import { fact, time } from '../pages/facts.ts';
import { type Html, html } from '../pages/html.ts';
import { count, counted } from '../pages/wording.ts';
import { askerWords } from '../rules/rule-asker.ts';
import { filterWords } from './filter-words.ts';

/** What a selection is of, who asked for it and why, and what it has come to; never its sessions. */
export function selectionFacts(selection: SelectionView): Html {
  const { consumer, filter, pages, shown, createdAt, finishedAt, requestedBy, reason, digest } = selection;
  const again = shown - selection.count;
  return html`<dl class="facts">
${fact('Consumer', consumer)}
${fact('Selects sessions', filterWords(filter).join('; '))}
${fact('Asked', time(createdAt))}
${fact('Finished', finishedAt && time(finishedAt))}
${fact('Requested by', askerWords(selection.id, requestedBy))}
${fact('Reason', reason)}
${fact('Read of Learnosity', `${counted(pages, 'page')}${again > 0 && selection.state === 'ready' ? `, ${count(again)} of the sessions shown twice` : ''}`)}
${fact('Digest', digest && html`<code class="id whole">${digest}</code>`)}
</dl>`;
}
