import { finalStates, type RequestView } from '@session-queue/core';
import { isWatched, type Terminal, tell } from '../terminal.ts';
import { progressBar, settledShare } from './progress-bar.ts';
import { countsLine } from './show-request.ts';

const pollMs = 1_000;
/** Clears the line and goes back to its start. */
const sameLine = '\r\u001b[2K';

/**
 * Shows how a request goes on until it ends, or until nothing of it can go on without a person (parked items).
 * On a terminal one line moves; elsewhere every change is a line.
 */
export async function follow(terminal: Terminal, read: () => Promise<RequestView>): Promise<RequestView> {
  let last = '';
  for (;;) {
    const view = await read();
    const line = `${progressBar(settledShare(view.counts))} ${view.state}: ${countsLine(view)}${stopOf(view)}`;
    const isOver = finalStates.has(view.state) || waitsForPerson(view);
    if (isWatched(terminal)) terminal.stderr.write(`${sameLine}${line}${isOver ? '\n' : ''}`);
    else if (line !== last) tell(terminal, line);
    last = line;
    if (isOver) return view;
    await terminal.pause(pollMs);
  }
}

/** Whether all that is left of a request is parked. */
export function waitsForPerson({ counts }: RequestView): boolean {
  return counts.parked > 0 && counts.pending + counts.claimed + counts.submitted === 0;
}

function stopOf(view: RequestView): string {
  if (view.allStopped !== undefined) return ' (stopped)';
  return view.laneStopped === undefined ? '' : ' (lane stopped)';
}
