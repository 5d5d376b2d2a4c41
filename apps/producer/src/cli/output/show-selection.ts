import type { SelectionView, SessionFilter } from '@session-queue/core';
import type { Colours } from '../terminal.ts';
import { counted, printable, readable } from '../wording.ts';
import { type LabelledLine, labelled } from './labelled.ts';
import { breakdownLines, breakdownProgress } from './show-breakdown.ts';
import type { Shown } from './watch-display.ts';

/** So many values of a list in a filter are shown; the others are counted. */
const mostValues = 5;

/** A selection as lines for people. */
export function showSelection(view: SelectionView, colours: Colours): string {
  const { error, waiting } = view;
  const twice = view.shown - view.count;
  const again = twice > 0 ? `, ${readable(twice)} of them shown twice` : '';
  const lines: LabelledLine[] = [
    ['Selection', view.id],
    ['Consumer', view.consumer],
    ['State', view.state],
    ['Sessions', `${readable(view.count)}${view.state === 'walking' ? ' so far' : ''}`],
    ['Pages', `${readable(view.pages)}${again}`],
    ...filterLines(view.filter),
    ['Metadata', view.keepMetadata && 'kept: preview --metadata prints it'],
    ['Digest', view.digest],
    ['Deleted by', view.request && `request ${view.request}`],
    ...(view.breakdown === undefined ? [] : breakdownLines(view.breakdown)),
    ['Created', view.createdAt],
    ['Finished', view.finishedAt],
    ['Asked by', view.requestedBy],
    ['Reason', view.reason],
    ['Waits', waiting && `${waiting.message} (${waiting.code})`],
    ['Failed', error && `${error.message} (${error.code})`],
  ];
  return labelled(lines, (label, text) => {
    if (label === 'State') return colouredSelectionState(colours, view.state);
    return label === 'Failed' ? colours.red(text) : text;
  });
}

/** What a filter selects, part by part. */
export function filterLines(filter: SessionFilter): LabelledLine[] {
  const { sessionIds, userIds, activityIds, statuses, updated, started, completed } = filter;
  return [
    ['Among', sessionIds && counted(sessionIds.length, 'session id')],
    ['Of users', userIds && listed(userIds)],
    ['Of activities', activityIds && listed(activityIds)],
    ['With status', statuses && listed(statuses)],
    ['Updated', updated && within(updated)],
    ['Started', started && within(started)],
    ['Completed', completed && within(completed)],
  ];
}

/** How the walk of a selection is shown. */
export const selectionShown: Shown<SelectionView> = {
  json: (view) => JSON.stringify(view),
  news: ({ state, pages, count, breakdown, waiting }) =>
    JSON.stringify([state, pages, count, breakdown?.pages, breakdown?.walked, waiting]),
  line: (view) => `${view.state}: ${progressOf(view)}`,
  screen: (view, colours) => [
    `${colours.bold(printable(view.id))}  selection for ${view.consumer}, ${colouredSelectionState(colours, view.state)}`,
    `  ${progressOf(view)}`,
  ],
};

function progressOf({ pages, count, breakdown, waiting }: SelectionView): string {
  const wait = waiting === undefined ? '' : `; waits: ${printable(waiting.message)} (${printable(waiting.code)})`;
  const values = breakdown === undefined ? '' : `; ${breakdownProgress(breakdown)}`;
  return `${counted(pages, 'page')}, ${counted(count, 'session')}${values}${wait}`;
}

function listed(values: readonly string[]): string {
  const more = values.length - mostValues;
  return `${values.slice(0, mostValues).join(', ')}${more > 0 ? ` and ${readable(more)} more` : ''}`;
}

function within({ from, to }: { from?: string | undefined; to?: string | undefined }): string {
  return [from && `after ${from}`, to && `before ${to}`].filter((part) => part !== undefined).join(', ');
}

/** A state in its colour, or a longer text for it. */
export function colouredSelectionState(colours: Colours, state: SelectionView['state'], text: string = state): string {
  if (state === 'ready') return colours.green(text);
  return state === 'failed' ? colours.red(text) : text;
}
