import type { BreakdownInput, SessionFilter, sessionStatuses } from '@session-queue/core';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../wording.ts';
import { readIds } from './read-ids.ts';

/** As many as Learnosity takes in one filter. */
const maxSessionIds = 1_000;

export interface FilterOptions {
  user?: string[];
  activity?: string[];
  status?: (typeof sessionStatuses)[number][];
  sessionIdsFile?: string;
  updatedAfter?: string;
  updatedBefore?: string;
  startedAfter?: string;
  startedBefore?: string;
  completedAfter?: string;
  completedBefore?: string;
}

/** What `--break-down` says, and what it is in a selection. */
export const dimensions = { status: 'status', activity: 'activityId', user: 'userId' } as const;

export interface BreakdownOptions {
  breakDown?: keyof typeof dimensions;
  into?: string[];
}

/** The breakdown that the options of a command make. */
export function breakdownOf({ breakDown, into: values }: BreakdownOptions): BreakdownInput | undefined {
  if (breakDown !== undefined) return { by: dimensions[breakDown], ...(values !== undefined && { values }) };
  if (values === undefined) return undefined;
  throw new CommandFailure(
    exitCodes.usage,
    'Say what the values of --into are of: --break-down status, activity or user.',
  );
}

/** The filter that the options of a command make. Without any of them a person meant something else than every session. */
export async function filterOf(terminal: Terminal, options: FilterOptions): Promise<SessionFilter> {
  const { user, activity, status, sessionIdsFile } = options;
  const sessionIds =
    sessionIdsFile === undefined
      ? undefined
      : await readIds(terminal, { ids: [], files: [sessionIdsFile] }, { most: maxSessionIds, tooMany });
  const parts = {
    sessionIds,
    userIds: user,
    activityIds: activity,
    statuses: status,
    updated: span(options.updatedAfter, options.updatedBefore),
    started: span(options.startedAfter, options.startedBefore),
    completed: span(options.completedAfter, options.completedBefore),
  };
  const given = Object.entries(parts).filter(([, part]) => part !== undefined);
  if (given.length > 0) return Object.fromEntries(given);
  const which = '--user, --activity, --status, --session-ids-file, or times such as --completed-before';
  throw new CommandFailure(exitCodes.usage, `Say which sessions: ${which}. Nothing selects every session.`);
}

function span(from: string | undefined, to: string | undefined): SessionFilter['updated'] {
  if (from === undefined && to === undefined) return undefined;
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function tooMany(): CommandFailure {
  const most = counted(maxSessionIds, 'session id');
  const how = 'A list of what is to be deleted needs no filter: delete --file.';
  return new CommandFailure(exitCodes.usage, `A filter takes at most ${most}. ${how}`);
}
