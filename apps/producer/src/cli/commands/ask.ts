import type { AcceptOptions, Kind, Priority, RequestView } from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import { shellWord } from '../command-name.ts';
import { confirmOrStop } from '../confirm.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Source } from '../input/source.ts';
import { describePlan, planOf } from '../stock/dry-run.ts';
import { keyOf } from '../stock/idempotency-key.ts';
import { goodItems, type Stock, takeStock } from '../stock/take-stock.ts';
import { print, tell } from '../terminal.ts';
import { counted, readable } from '../wording.ts';
import { readRequest } from './read-request.ts';
import { printRequest } from './status.ts';
import { failUnlessDone, watch } from './watch.ts';

/** What both kinds of requests have. */
export interface AskOptions {
  consumer?: string;
  reason?: string;
  requestedBy?: string;
  notBefore?: string;
  priority?: Priority;
  callbackUrl?: string;
  idempotencyKey?: string;
  skipInvalid?: boolean;
  dryRun?: boolean;
  resume?: boolean;
  watch?: boolean;
  yes?: boolean;
}

export interface Ask {
  kind: Kind;
  sources: readonly Source[];
  readsStdin: boolean;
  ignoreResponseRevisions?: boolean;
  /** What to ask a person before so many items of a consumer are sent; absent where nothing is lost by them. */
  question?: (count: number, consumer: string) => string;
}

/** Checks and counts all items, asks a person where that is due, sends, and says what was accepted. */
export async function askFor(session: Session, ask: Ask, options: AskOptions): Promise<void> {
  const { terminal } = session;
  const { kind, sources, question } = ask;
  const stock = await takeStock(kind, sources, terminal.interrupted);
  const isRefused = stock.bad > 0 && options.skipInvalid !== true;
  if (options.dryRun === true) {
    const plan = planOf(kind, stock);
    print(terminal, session.json ? JSON.stringify(plan) : describePlan(plan));
  }
  if (isRefused) throw new CommandFailure(exitCodes.usage, describeBad(stock));
  if (stock.items === 0) throw new CommandFailure(exitCodes.usage, `There is nothing to send: no ${nouns[kind]}s.`);
  if (options.dryRun === true) return;
  if (stock.bad > 0) tell(terminal, `${describeBad(stock, 'Left out')}`);
  if (question !== undefined) {
    await confirmOrStop(terminal, {
      text: question(stock.distinct, options.consumer ?? 'default'),
      count: stock.distinct,
      isConfirmed: options.yes === true,
      readsStdin: ask.readsStdin,
    });
  }
  await send(session, ask, stock, options);
}

async function send(session: Session, ask: Ask, stock: Stock, options: AskOptions): Promise<void> {
  const { terminal, json } = session;
  const id = options.idempotencyKey ?? keyOf(ask, options, stock.digest);
  const standing = await session.standing(id);
  const view = await withPatience(terminal, () => accept(session, ask, stock, { ...notesOf(options), id })).catch(
    (error: unknown) => {
      if (terminal.interrupted.aborted)
        throw new CommandFailure(exitCodes.interrupted, interruptedHow(options), { cause: error });
      throw error;
    },
  );
  if (standing || session.wasReplayed()) return await showReplayed(session, view, options);
  const watched = options.watch === true;
  if (!json) describeAccepted(session, view);
  else if (!watched) print(terminal, JSON.stringify(presentRequest(view)));
  if (watched) await watch(session, view.id);
  else if (!json) tell(terminal, `See how it goes: ${terminal.command} watch ${shellWord(view.id)}`);
}

function accept({ queue, terminal }: Session, ask: Ask, stock: Stock, notes: AcceptOptions): Promise<RequestView> {
  const { kind, sources, ignoreResponseRevisions } = ask;
  const options = { ...notes, signal: terminal.interrupted, skipped: () => stock.bad };
  const items = goodItems(sources, stock);
  if (kind === 'deletion') return queue.deleteSessions({ ...options, sessionIds: items });
  return queue.resubmit({
    ...options,
    submissions: items,
    ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
  });
}

function notesOf(options: AskOptions): AcceptOptions {
  const { consumer, reason, requestedBy, notBefore, priority, callbackUrl, resume } = options;
  return {
    ...(consumer !== undefined && { consumer }),
    ...(reason !== undefined && { reason }),
    ...(requestedBy !== undefined && { requestedBy }),
    ...(notBefore !== undefined && { notBefore }),
    ...(priority !== undefined && { priority }),
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(resume === true && { resumable: true }),
  };
}

function describeAccepted({ terminal }: Session, { id, kind, consumer, counts }: RequestView): void {
  const twice = counts.duplicates > 0 ? ` (${readable(counts.duplicates)} more given twice)` : '';
  print(terminal, `Accepted the ${kind} of ${counted(counts.total, 'item')} for consumer ${consumer}${twice}.`);
  print(terminal, `Request ${id}`);
}

/**
 * The same was asked before: nothing new was accepted. That request may have ended long ago, so it is shown as it is now, and
 * what has failed or was cancelled is a failure of this command too.
 */
async function showReplayed(session: Session, { id }: RequestView, options: AskOptions): Promise<void> {
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
function notesKept({ notBefore, priority, callbackUrl }: AskOptions, view: RequestView): string[] {
  const kept: string[] = [];
  if (notBefore !== undefined && !isSameMoment(notBefore, view.notBefore)) {
    kept.push(view.notBefore === undefined ? 'no time to wait for' : `nothing sent before ${view.notBefore}`);
  }
  if (priority !== undefined && priority !== view.priority) kept.push(`priority ${view.priority}`);
  if (callbackUrl !== undefined && callbackUrl !== view.callbackUrl) {
    kept.push(view.callbackUrl === undefined ? 'no callback' : 'another callback URL');
  }
  return kept;
}

function isSameMoment(one: string, other: string | undefined): boolean {
  return other !== undefined && Date.parse(one) === Date.parse(other);
}

function describeBad({ bad, named }: Stock, what = 'Nothing was sent'): string {
  const more = bad > named.length ? [`and ${readable(bad - named.length)} more.`] : [];
  const hint = what === 'Nothing was sent' ? ' Mend them, or leave them out with --skip-invalid.' : '';
  return [...named, ...more, `${what}: ${counted(bad, 'bad item')}.${hint}`].join('\n');
}

const nouns = { deletion: 'session id', resubmission: 'submission' } as const satisfies Record<Kind, string>;

function interruptedHow({ resume = false }: AskOptions): string {
  const kept = resume
    ? 'what has arrived is kept for 24 hours, and the same command goes on behind it'
    : 'the same command begins anew';
  return `Interrupted: nothing was accepted, unless all had arrived already; ${kept}.`;
}
