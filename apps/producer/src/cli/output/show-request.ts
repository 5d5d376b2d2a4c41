import type { RequestView } from '@session-queue/core';
import { printable, readable } from '../terminal.ts';
import { progressBar, settledShare } from './progress-bar.ts';

/** A request as lines for people. */
export function showRequest(view: RequestView): string {
  const { counts } = view;
  const duplicates = counts.duplicates > 0 ? `, and ${readable(counts.duplicates)} given more than once` : '';
  const lines = [
    ['Request', view.id],
    ['Kind', `${view.kind} for consumer ${view.consumer}`],
    ['State', view.state],
    ['Items', `${readable(counts.total)}${duplicates}`],
    ['', `${progressBar(settledShare(counts))}`],
    ['', countsLine(view)],
    ['Sent again', counts.resent > 0 ? `${readable(counts.resent)}: the outcome of a call was unknown` : undefined],
    ['Created', view.createdAt],
    ['Finished', view.finishedAt],
    ['Asked by', view.requestedBy],
    ['Reason', view.reason],
    ['Refused', view.error],
    ['Stopped', view.allStopped === undefined ? undefined : `every ${view.kind}: ${view.allStopped}`],
    ['Lane stopped', laneLine(view)],
  ] as const;
  return lines
    .flatMap(([label, value]) => (value === undefined ? [] : [`${label.padEnd(13)} ${printable(value)}`]))
    .join('\n');
}

/** The counts that are not zero, in words. */
export function countsLine({ counts }: RequestView): string {
  const absent = counts.absent > 0 ? ` (${readable(counts.absent)} already gone)` : '';
  const parts: [number, string][] = [
    [counts.succeeded, `succeeded${absent}`],
    [counts.failed, 'failed'],
    [counts.cancelled, 'cancelled'],
    [counts.parked, 'parked'],
    [counts.submitted, 'at Learnosity'],
    [counts.claimed, 'being sent'],
    [counts.pending, 'waiting'],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${readable(count)} ${word}`);
  return shown.length === 0 ? 'no items' : shown.join(', ');
}

function laneLine({ laneStopped }: RequestView): string | undefined {
  if (laneStopped === undefined) return undefined;
  return `${laneStopped.message} (${laneStopped.code}) since ${laneStopped.since}; goes on once that is mended`;
}
