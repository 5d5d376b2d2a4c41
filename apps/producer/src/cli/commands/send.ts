import type { AcceptOptions, DeletionWishes, Priority, RequestView } from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import { shellWord } from '../command-name.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { print, tell } from '../terminal.ts';
import { counted, readable } from '../wording.ts';
import { readRequest } from './read-request.ts';
import { printRequest } from './status.ts';
import { failUnlessDone, watch } from './watch.ts';

/** What every request has, whatever its items come from. */
export interface SendOptions {
  consumer?: string;
  reason?: string;
  requestedBy?: string;
  notBefore?: string;
  deadline?: string;
  priority?: Priority;
  callbackUrl?: string;
  verify?: boolean;
  /** Of deletions: it waits for a second person, however few items it has. */
  requireApproval?: boolean;
  /** Of deletions: what was deleted before is deleted again. */
  force?: boolean;
  idempotencyKey?: string;
  resume?: boolean;
  watch?: boolean;
}

/** Has a request accepted under its key, says what was accepted, and watches it on wish. */
export async function send(
  session: Session,
  id: string,
  options: SendOptions,
  accept: (notes: AcceptOptions & DeletionWishes) => Promise<RequestView>,
): Promise<void> {
  const { terminal, json, hint } = session;
  const notes = { ...notesOf(options), id, signal: terminal.interrupted };
  const standing = await session.standing(id);
  const view = await withPatience(terminal, () => accept(notes)).catch((error: unknown) => {
    if (terminal.interrupted.aborted)
      throw new CommandFailure(exitCodes.interrupted, interruptedHow(options), { cause: error });
    throw error;
  });
  if (standing || session.wasReplayed()) return await showReplayed(session, view, options);
  const watched = options.watch === true;
  if (!json) describeAccepted(session, view);
  else if (!watched) print(terminal, JSON.stringify(presentRequest(view)));
  if (watched) await watch(session, view.id);
  else if (!json) {
    tellWaits(session, view);
    tell(terminal, `See how it goes: ${hint(`watch ${shellWord(view.id)}`)}`);
  }
}

function notesOf(options: SendOptions): AcceptOptions & DeletionWishes {
  const { consumer, reason, requestedBy, notBefore, deadline, priority, callbackUrl, resume } = options;
  const { verify, requireApproval, force } = options;
  return {
    ...(consumer !== undefined && { consumer }),
    ...(reason !== undefined && { reason }),
    ...(requestedBy !== undefined && { requestedBy }),
    ...(notBefore !== undefined && { notBefore }),
    ...(deadline !== undefined && { deadline }),
    ...(priority !== undefined && { priority }),
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(verify !== undefined && { verify }),
    ...(requireApproval === true && { requireApproval }),
    ...(force === true && { force }),
    ...(resume === true && { resumable: true }),
  };
}

/** What keeps it from starting now, where that is known as it is accepted. */
function tellWaits({ terminal, hint }: Session, { id, state, startsAt, requireApproval }: RequestView): void {
  if (state === 'waiting' || requireApproval === true)
    tell(terminal, `It waits for a second person: ${hint(`approve ${shellWord(id)}`)}`);
  else if (startsAt !== undefined)
    tell(terminal, `It starts at ${startsAt}; until then: ${hint(`revoke ${shellWord(id)} --reason <why>`)}`);
}

function describeAccepted({ terminal }: Session, view: RequestView): void {
  const { id, kind, consumer, counts, missed } = view;
  const twice = counts.duplicates > 0 ? ` (${readable(counts.duplicates)} more given twice)` : '';
  print(terminal, `Accepted the ${kind} of ${counted(counts.total, 'item')} for consumer ${consumer}${twice}.`);
  print(terminal, `Request ${id}`);
  if (missed !== undefined) tell(terminal, `Its deadline is past, and so missed: ${missed}`);
}

/**
 * The same was asked before: nothing new was accepted. That request may have ended long ago, so it is shown as it is now, and
 * what has failed or was cancelled is a failure of this command too.
 */
async function showReplayed(session: Session, { id }: RequestView, options: SendOptions): Promise<void> {
  tell(session.terminal, 'The same was asked before. This is that request, as it is now.');
  const view = await readRequest(session, id);
  const kept = notesKept(options, view);
  if (kept.length > 0) tell(session.terminal, `Asking again changes nothing of it. It stands with ${kept.join(', ')}.`);
  tell(session.terminal, 'To ask anew, give the same command a key of its own: --idempotency-key <new>');
  if (options.watch === true) return await watch(session, id);
  printRequest(session, view);
  failUnlessDone(session, view);
}

/** What was asked for now and stands otherwise. A URL may hold a token: it is not repeated. */
function notesKept(options: SendOptions, view: RequestView): string[] {
  const { notBefore, deadline, priority, callbackUrl, requireApproval } = options;
  const kept: string[] = [];
  if (notBefore !== undefined && !isSameMoment(notBefore, view.notBefore)) {
    kept.push(view.notBefore === undefined ? 'no time to wait for' : `nothing sent before ${view.notBefore}`);
  }
  if (deadline !== undefined && !isSameMoment(deadline, view.deadline)) {
    kept.push(view.deadline === undefined ? 'no deadline' : `the deadline ${view.deadline}`);
  }
  if (priority !== undefined && priority !== view.priority) kept.push(`priority ${view.priority}`);
  if (callbackUrl !== undefined && callbackUrl !== view.callbackUrl) {
    kept.push(view.callbackUrl === undefined ? 'no callback' : 'another callback URL');
  }
  if (requireApproval === true && view.requireApproval !== true) kept.push('no approval that it asks for itself');
  return kept;
}

function isSameMoment(one: string, other: string | undefined): boolean {
  return other !== undefined && Date.parse(one) === Date.parse(other);
}

function interruptedHow({ resume = false }: SendOptions): string {
  const kept = resume
    ? 'what has arrived is kept for 24 hours, and the same command goes on behind it'
    : 'the same command begins anew';
  return `Interrupted: nothing was accepted, unless all had arrived already; ${kept}.`;
}
