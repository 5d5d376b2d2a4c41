import { deadlineStateOf, type RequestView } from '@session-queue/core';
import type { Colours } from '../terminal.ts';
import { readable } from '../wording.ts';
import { progressBar, shareOf } from './bar.ts';
import { countsLine, settled } from './counts.ts';
import { type LabelledLine, labelled } from './labelled.ts';
import { colouredState } from './state-colour.ts';
import { verificationLine } from './verification-line.ts';

/** A request as lines for people. */
export function showRequest(view: RequestView, colours: Colours): string {
  const { counts, retried } = view;
  const duplicates = counts.duplicates > 0 ? `, and ${readable(counts.duplicates)} given more than once` : '';
  const skipped = view.skipped === undefined ? '' : `, ${readable(view.skipped)} bad lines left out`;
  const lines: LabelledLine[] = [
    ['Request', view.id],
    ['Kind', `${view.kind} for consumer ${view.consumer}`],
    ['State', view.state === 'waiting' ? 'waiting for the approval of a second person' : view.state],
    ['Items', `${readable(counts.total)}${duplicates}${skipped}`],
    ['', progressBar(shareOf(settled(counts), counts.total))],
    ['', countsLine(view)],
    ['Verified', verificationLine(view)],
    ['Sent again', counts.resent > 0 ? `${readable(counts.resent)}: the outcome of a call was unknown` : undefined],
    ['Not checked', view.unreadable === undefined ? undefined : `${readable(view.unreadable)}: ${unreadableWords}`],
    ['Forced', view.force === true ? 'what was deleted before is deleted again' : undefined],
    ['Priority', view.priority === 'normal' ? undefined : view.priority],
    ['Created', view.createdAt],
    ['Not before', view.notBefore],
    ['Deadline', deadlineLine(view)],
    ['Finished', view.finishedAt],
    ['Asked by', view.requestedBy],
    ['By the token of', view.keyName === view.requestedBy ? undefined : view.keyName],
    ['Selection', view.selection],
    ['Reason', view.reason],
    ['Approved', approvalLine(view)],
    ['Starts at', view.startsAt],
    ['Waits', view.waiting && `${view.waiting.message} (${view.waiting.code})`],
    ['Revoked', view.revoked && actLine(view.revoked)],
    ['Calls back', view.callbackUrl],
    ['Retried', retried && actLine(retried)],
    ['Refused', view.error],
    ['Stopped', view.allStopped === undefined ? undefined : `every ${view.kind}: ${view.allStopped}`],
    ['Lane stopped', laneLine(view)],
  ];
  return labelled(lines, (label, text) => {
    if (label === 'State') return colouredState(colours, view.state, text);
    if (label === 'Deadline' && deadlineStateOf(view) !== undefined) return colours.red(text);
    return /stopped|refused/i.test(label) ? colours.red(text) : text;
  });
}

function actLine({ at, by, reason }: { at: string; by?: string; reason: string }): string {
  return `${at}${by === undefined ? '' : ` by ${by}`}: ${reason}`;
}

function approvalLine({ approvedBy, approvedAt, approvalReason }: RequestView): string | undefined {
  if (approvedBy === undefined) return undefined;
  return `${approvedAt} by ${approvedBy}${approvalReason === undefined ? '' : `: ${approvalReason}`}`;
}

function deadlineLine({ deadline, atRisk, missed, finishedAt }: RequestView): string | undefined {
  if (deadline === undefined) return undefined;
  if (missed !== undefined) return `${deadline}, missed`;
  return atRisk === undefined || finishedAt !== undefined ? deadline : `${deadline}, at risk since ${atRisk}`;
}
const unreadableWords = 'their session could not be read, so nobody knows whether it was deleted';

function laneLine({ laneStopped }: RequestView): string | undefined {
  if (laneStopped === undefined) return undefined;
  return `${laneStopped.message} (${laneStopped.code}) since ${laneStopped.since}; goes on ${laneStopped.until === undefined ? 'once that is mended' : `by itself at ${laneStopped.until}`}`;
}
