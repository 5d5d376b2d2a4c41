import type { RequestView } from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import type { Colours } from '../terminal.ts';
import { printable, readable, spanOfTime } from '../wording.ts';
import { bar, shareOf } from './bar.ts';
import { countsLine, sent, settled, stopOf } from './counts.ts';
import type { Pace } from './pace.ts';
import { colouredState } from './state-colour.ts';
import type { Shown } from './watch-display.ts';

/** A request on its way, and how fast it is. */
export interface Progress {
  view: RequestView;
  pace: Pace;
}

/** How the progress of a request is shown. */
export const requestShown: Shown<Progress> = {
  json: ({ view }) => JSON.stringify(presentRequest(view)),
  // The rate changes with every look: it alone is no news.
  news: ({ view }) => JSON.stringify([view.state, view.counts, view.laneStopped, view.allStopped]),
  line: ({ view, pace }) => watchLine(view, pace),
  screen: ({ view, pace }, colours) => watchScreen(view, pace, colours),
};

/** A request's progress as lines to be painted: bars for what is sent, succeeded and failed, then rate and time left. */
function watchScreen(view: RequestView, pace: Pace, colours: Colours): string[] {
  const { counts } = view;
  const rows = [
    ['sent', sent(counts), colours.cyan],
    ['succeeded', counts.succeeded, colours.green],
    ['failed', counts.failed, colours.red],
  ] as const;
  return [
    `${colours.bold(printable(view.id))}  ${view.kind} for ${view.consumer}, ${colouredState(colours, view.state)}${colours.red(stopOf(view))}`,
    ...rows.map(([label, count, colour]) => {
      const share = shareOf(count, counts.total);
      const percent = `${Math.floor(share * 100)} %`.padStart(5);
      return `  ${label.padEnd(9)} ${colour(bar(share))} ${percent}  ${readable(count)} of ${readable(counts.total)}`;
    }),
    `  ${paceLine(view, pace)}`,
  ];
}

/** A request's progress as one line. */
function watchLine(view: RequestView, pace: Pace): string {
  const { counts, state } = view;
  const share = `${Math.floor(shareOf(settled(counts), counts.total) * 100)} %`.padStart(5);
  const left = timeLeft(view, pace);
  return `${share} ${state}${stopOf(view)}: ${countsLine(view)}${left === undefined ? '' : `; ${left}`}`;
}

function paceLine(view: RequestView, pace: Pace): string {
  const left = timeLeft(view, pace);
  const rest = countsLine(view);
  return left === undefined ? rest : `${left}; ${rest}`;
}

function timeLeft({ counts }: RequestView, pace: Pace): string | undefined {
  const rest = counts.total - settled(counts) - counts.parked;
  const { perSecond } = pace;
  if (rest === 0 || perSecond === undefined) return undefined;
  const seconds = pace.secondsFor(rest);
  const rate = `${perSecond.toFixed(1)} a second`;
  return seconds === undefined ? rate : `${rate}, ${spanOfTime(seconds)} left`;
}
