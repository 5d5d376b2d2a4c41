import { deadlineStateOf, meaningOf, type RequestView } from '@session-queue/core';
import { isHoldWait, stoppedByHand } from '@session-queue/core/engine';
import { holdsPath } from '../legal-holds/hold-path.ts';
import { giveCredentials, startWorker } from '../overview/problems.ts';
import { type Html, html } from '../pages/html.ts';
import { clockTime, counted, utc } from '../pages/wording.ts';
import type { RequestPicture } from './request-picture.ts';
import { verificationNotices } from './verification-words.ts';

/** What holds a request up or went wrong with it, each with what to do. */
export function requestNotices(picture: RequestPicture): Html[] {
  const { request, kindStop, lack, isIntakePaused, isSendingPaused, readAt } = picture;
  const { kind, error, laneStopped, counts, notBefore, startsAt, state } = request;
  const found: Html[] = [];
  if (error !== undefined) {
    found.push(notice('bad', 'Refused:', `${error}. Nothing was sent.`, 'Mend what is wrong and ask again.'));
  }
  if (laneStopped !== undefined) {
    const { code, message, since } = laneStopped;
    const { meaning, remedy } = meaningOf(code);
    const what =
      code === stoppedByHand
        ? `since ${utc(since)}: ${message}.`
        : `since ${utc(since)}: ${message} (${code}). ${meaning} No item fails of it.`;
    const more = isHoldWait(laneStopped) ? html`${remedy} ${holdsLink(request)}` : remedy;
    found.push(notice(laneStopped.until === undefined ? 'bad' : 'warn', 'Its lane is stopped', what, more));
  }
  if (kindStop !== undefined) {
    const { reason, since, by } = kindStop;
    const who = by === undefined ? '' : ` by ${by}`;
    const what = `since ${utc(since)}${who}: ${reason}.`;
    found.push(notice('warn', `All ${kind}s are stopped`, what, 'They go on once the kind is started again.'));
  }
  if (lack !== undefined) found.push(lackNotice(lack, request.consumer));
  if (isIntakePaused) {
    const what = 'it waits, and nothing of it is sent.';
    found.push(notice('warn', `Intake of ${kind}s is paused:`, what, 'It is resumed on the overview.'));
  }
  if (isSendingPaused) {
    found.push(notice('warn', `Sending of ${kind}s is paused.`, '', 'It is resumed on the overview.'));
  }
  if (request.waiting !== undefined) {
    const { code, message } = request.waiting;
    const remedy = html`It goes on by itself once that is done. ${holdsLink(request)}`;
    found.push(notice('warn', 'It does not begin yet:', `${message} (${code}).`, remedy));
  }
  if (state === 'waiting') {
    const what = 'a second person’s approval: nothing of it is sent before.';
    found.push(notice('warn', 'It waits for', what, 'Somebody other than who asked approves of it, or revokes it.'));
  }
  if (state === 'accepted' && startsAt !== undefined && Date.parse(startsAt) > readAt) {
    found.push(
      notice(
        'calm',
        'In its hold window',
        `until ${utc(startsAt)}: nothing of it is sent before, and it can be revoked.`,
      ),
    );
  }
  if (state === 'held') {
    found.push(notice('warn', 'Held', 'by a person: nothing more of it is sent.', 'It goes on once it is released.'));
  }
  if (notBefore !== undefined && Date.parse(notBefore) > readAt) {
    found.push(notice('calm', 'Put off', `until ${utc(notBefore)}: nothing of it is sent before.`));
  }
  const late = deadlineNotice(picture);
  if (late !== undefined) found.push(late);
  if (counts.parked > 0) {
    const what = 'it is unknown whether they arrived, and sent twice they could overwrite newer responses.';
    const remedy = `See at Learnosity whether they arrived, then decide at the command line: session-queue parked ${request.id} resend, or fail.`;
    found.push(notice('warn', `${counted(counts.parked, 'item')} parked:`, what, remedy));
  }
  found.push(...verificationNotices(request));
  return found;
}

/** How an open request stands to its deadline, where that is not well. */
function deadlineNotice({ request, timeLeftMs, readAt }: RequestPicture): Html | undefined {
  const state = deadlineStateOf(request);
  const { deadline = '' } = request;
  if (state === undefined) return undefined;
  const end =
    timeLeftMs === undefined ? 'When it is done is not known.' : `Done by ${clockTime(readAt + timeLeftMs, readAt)}.`;
  const remedy = 'It goes before others. Hold or cancel what is less urgent, or mend what holds it up.';
  if (state === 'missed') return notice('bad', 'Behind its deadline:', `it was due ${utc(deadline)}. ${end}`, remedy);
  const what = `with what is due before, at the whole quota, it is not sure to be done by ${utc(deadline)}. ${end}`;
  return notice('warn', 'At risk:', what, remedy);
}

function lackNotice(lack: NonNullable<RequestPicture['lack']>, consumer: string): Html {
  if (lack === 'no worker') return notice('bad', 'No worker is alive:', 'nothing is sent.', startWorker);
  return notice('bad', `No worker knows ${consumer}:`, 'nothing of it is sent.', giveCredentials);
}

function holdsLink({ consumer }: Pick<RequestView, 'consumer'>): Html {
  return html`<a href="${holdsPath(consumer)}">Its legal holds</a>`;
}

function notice(tone: string, title: string, what: string, remedy?: Html | string): Html {
  return html`<p class="banner ${tone}"><strong>${title}</strong> ${what}${remedy === undefined ? undefined : html` <span class="remedy">${remedy}</span>`}</p>
`;
}
