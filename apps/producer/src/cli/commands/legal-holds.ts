import { randomUUID } from 'node:crypto';
import {
  foundNothing,
  type LegalHoldInput,
  type LegalHoldView,
  maxSessionsPerHold,
  type Why,
} from '@session-queue/core';
import { shellWord } from '../command-name.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { readIds } from '../input/read-ids.ts';
import { heldThing, showHold } from '../output/show-hold.ts';
import type { ColumnOf } from '../output/table.ts';
import { print, type Terminal, tell } from '../terminal.ts';
import { ago, printable, readable } from '../wording.ts';
import { printWhole } from './print-list.ts';

/** Of larger lists a slip is likelier than a case at law. */
const mostSessions = 100_000;

export interface AddHoldOptions {
  file?: string[];
  user?: string;
  activity?: string;
  consumer?: string;
  reason: string;
}

/** `session-queue legal-hold add`: a hold for each 1,000 sessions, or one on a user or an activity. */
export async function addLegalHold(session: Session, ids: string[], options: AddHoldOptions): Promise<void> {
  const { queue, terminal, json, hint } = session;
  const inputs = await inputsOf(terminal, ids, options);
  for (const input of inputs) {
    const view = await withPatience(terminal, () => queue.holds.addLegalHold(input));
    print(terminal, json ? JSON.stringify(view) : `${said(view)} held for consumer ${view.consumer}: ${view.id}`);
    if (view.on === 'sessions') continue;
    tell(
      terminal,
      `A worker finds its sessions: ${hint(`legal-hold show ${shellWord(view.id)}`)} says how many they are.`,
    );
  }
}

/** `session-queue legal-hold list` */
export async function listLegalHolds(session: Session, consumer?: string): Promise<void> {
  await printWhole(session, () => session.queue.holds.legalHolds(consumer), {
    columns: () => columns(Date.now()),
    cells,
    nothing: 'Nothing is under a legal hold.',
  });
}

/** `session-queue legal-hold show` */
export async function showLegalHold({ queue, terminal, json }: Session, id: string): Promise<void> {
  const hold = await withPatience(terminal, () => queue.holds.getLegalHold(id));
  print(terminal, json ? JSON.stringify(hold) : showHold(hold));
}

/** `session-queue legal-hold remove` */
export async function removeLegalHold({ queue, terminal, json }: Session, id: string, why: Why): Promise<void> {
  const view = await queue.holds.removeLegalHold(id, why);
  print(terminal, json ? JSON.stringify(view) : `Lifted the legal hold on ${said(view)} of consumer ${view.consumer}.`);
}

async function inputsOf(
  terminal: Terminal,
  ids: string[],
  { file: files = [], user: userId, activity: activityId, consumer, reason }: AddHoldOptions,
): Promise<LegalHoldInput[]> {
  const hasIds = ids.length > 0 || files.length > 0;
  if ([hasIds, userId !== undefined, activityId !== undefined].filter(Boolean).length !== 1) {
    throw new CommandFailure(
      exitCodes.usage,
      'Give session ids, a --file of them, --user or --activity: one of these.',
    );
  }
  // The ids stay the same however often a call is made.
  if (!hasIds) return [{ id: randomUUID(), consumer, reason, userId, activityId }];
  const tooMany = (): CommandFailure =>
    new CommandFailure(exitCodes.usage, `At most ${readable(mostSessions)} sessions are held at once.`);
  const all = await readIds(terminal, { ids, files }, { most: mostSessions, tooMany });
  const inputs: LegalHoldInput[] = [];
  for (let from = 0; from < all.length; from += maxSessionsPerHold) {
    inputs.push({ id: randomUUID(), consumer, reason, sessionIds: all.slice(from, from + maxSessionsPerHold) });
  }
  return inputs;
}

function said(hold: LegalHoldView): string {
  return printable(heldThing(hold));
}

/** Whether its sessions are found, or are being let go. */
function found(hold: LegalHoldView): string {
  const { on, resolvedAt, liftedAt } = hold;
  if (liftedAt !== undefined) return 'being lifted';
  if (foundNothing(hold)) return 'nothing';
  if (on === 'sessions') return 'named';
  return resolvedAt === undefined ? 'not yet' : 'yes';
}

function cells(hold: LegalHoldView) {
  const { id, consumer, on, userId = '', activityId = '', sessions, createdAt, by = '', reason } = hold;
  return [id, consumer, on, userId || activityId, sessions, found(hold), createdAt, by, reason];
}

function columns(now: number): ColumnOf<LegalHoldView>[] {
  return [
    { header: 'ID', text: ({ id }) => printable(id) },
    { header: 'ON', text: said },
    { header: 'SESSIONS', text: ({ sessions }) => readable(sessions), isNumber: true },
    { header: 'FOUND', text: found },
    { header: 'MADE', text: ({ createdAt }) => ago(createdAt, now) },
    { header: 'BY', text: ({ by = '' }) => printable(by), least: 6 },
    { header: 'REASON', text: ({ reason }) => printable(reason), least: 6 },
  ];
}
