import type { Callback, RequestView } from '@session-queue/core';
import { certificateWords } from '../certificates/certificate-words.ts';
import { fact, time } from '../pages/facts.ts';
import { type Html, html } from '../pages/html.ts';
import { counted, duration, fromNow, utc } from '../pages/wording.ts';
import { askerWords } from '../rules/rule-asker.ts';
import { selectionPath } from '../selections/selection-path.ts';
import type { RequestPicture } from './request-picture.ts';
import { verificationWords } from './verification-words.ts';

/** Who asked for what, why and when, and where its job is. */
export function requestFacts({ request, certificate, jobPath, queuePath, readAt }: RequestPicture): Html {
  const { consumer, createdAt, finishedAt, reason, requestedBy, counts, priority, notBefore, retried, skipped } =
    request;
  const { keyName, startsAt, revoked, deadline, selection, force, unreadable } = request;
  const end = finishedAt === undefined ? readAt : Date.parse(finishedAt);
  const took = duration(end - Date.parse(createdAt));
  return html`<dl class="facts">
${fact('Consumer', consumer)}
${fact('Asked', time(createdAt))}
${finishedAt === undefined ? fact('Open for', took) : fact('Finished', html`${time(finishedAt)}, after ${took}`)}
${fact('Requested by', askerWords(request.id, requestedBy))}
${keyName === requestedBy ? undefined : fact('By the token of', keyName)}
${fact('Reason', reason)}
${fact('Deletes the selection', selection && html`<a class="id" href="${selectionPath(selection)}">${selection}</a>`)}
${fact('Priority', priority)}
${force === true ? fact('Forced', 'what was deleted before is deleted again') : undefined}
${unreadable === undefined ? undefined : fact('Could not be checked', `${counted(unreadable, 'item')}: nobody knows whether their session was deleted`)}
${notBefore === undefined ? undefined : fact('Not before', time(notBefore))}
${fact('Approved', approvalWords(request))}
${startsAt === undefined ? undefined : fact('Starts at', time(startsAt))}
${revoked === undefined ? undefined : fact('Revoked', html`${time(revoked.at)}${revoked.by === undefined ? undefined : ` by ${revoked.by}`}: ${revoked.reason}`)}
${fact('Verification', verificationWords(request))}
${deadline === undefined ? undefined : fact('Deadline', deadlineWords(request, deadline, readAt))}
${fact('Certificate', certificateWords(request, certificate))}
${fact('Callback', callbackWords(request))}
${retried === undefined ? undefined : fact('Retried', html`${time(retried.at)}${retried.by === undefined ? undefined : ` by ${retried.by}`}: ${retried.reason}`)}
${counts.resent === 0 ? undefined : fact('Sent again', `${counted(counts.resent, 'item')}: the outcome of a call was unknown`)}
${skipped === undefined || skipped === 0 ? undefined : fact('Left out of the upload', counted(skipped, 'bad line'))}
${fact('In Bull Board', html`${jobPath === undefined ? undefined : html`<a href="${jobPath}">its job</a>, `}<a href="${queuePath}">its queue</a>`)}
</dl>`;
}

function deadlineWords({ finishedAt, missed }: RequestView, deadline: string, now: number): Html {
  if (finishedAt === undefined) return html`${time(deadline)}, ${fromNow(Date.parse(deadline) - now)}`;
  return html`${time(deadline)}, ${missed === undefined ? 'kept' : 'missed'}`;
}

function approvalWords({ approvedBy, approvedAt = '', approvalReason }: RequestView): Html | undefined {
  if (approvedBy === undefined) return undefined;
  return html`${time(approvedAt)} by ${approvedBy}${approvalReason === undefined ? undefined : `: ${approvalReason}`}`;
}

/** Where to, but for the path and the query: those may hold what is to be kept to the two of them. */
function callbackWords({ callbackUrl, callback }: RequestView): string | undefined {
  if (callbackUrl === undefined) return undefined;
  const to = URL.canParse(callbackUrl) ? new URL(callbackUrl).host : 'an address that cannot be read';
  return callback === undefined ? `to ${to}, at its end` : `to ${to}: ${callbackState(callback)}`;
}

function callbackState({ state, attempts, at }: Callback): string {
  const tries = attempts === 0 ? 'not tried yet' : `${counted(attempts, 'attempt')}, the last one ${utc(at)}`;
  return state === 'failed' ? `failed, and not tried any more (${tries})` : `${state} (${tries})`;
}
