import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { defaultConsumer, type RuleInput, ruleInputSchema } from '@session-queue/core';
import { confirmOrStop } from '../confirm.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { readable } from '../wording.ts';
import { printRule } from './rules.ts';

export interface RuleOptions {
  file?: string;
  user?: string[];
  activity?: string[];
  status?: string[];
  completedOlderThan?: string;
  completedNewerThan?: string;
  startedOlderThan?: string;
  startedNewerThan?: string;
  updatedOlderThan?: string;
  updatedNewerThan?: string;
  cron?: string;
  timeZone?: string;
  every?: string;
  mode?: string;
  cap?: number;
  consumer?: string;
  reason?: string;
  disabled?: boolean;
  yes?: boolean;
}

/** `session-queue rules set`: a person types the cap of a rule that deletes by itself. */
export async function setRule(
  session: Session,
  name: string,
  options: RuleOptions,
  person: { by?: string },
): Promise<void> {
  const { terminal, queue } = session;
  const input = checked(options.file === undefined ? fromOptions(options) : await fromFile(terminal, options));
  const { mode, cap = 0, consumer = defaultConsumer, enabled = true } = input;
  if (mode === 'delete' && enabled) {
    const what = `up to ${readable(cap)} sessions of consumer ${consumer} a run, for good, without asking anybody`;
    await confirmOrStop(terminal, {
      text: `Let the rule ${name} delete ${what}?`,
      count: cap,
      isConfirmed: options.yes === true,
      undone: 'Nothing was set.',
      readsStdin: options.file === '-',
    });
  }
  // Over HTTP it is whom the token names.
  printRule(session, await withPatience(terminal, () => queue.rules.putRule(name, input, person)));
}

function fromOptions(options: RuleOptions): object {
  const { user, activity, status, cron, timeZone, every, mode, cap, consumer, reason, disabled } = options;
  const filter = {
    userIds: user,
    activityIds: activity,
    statuses: status,
    completed: span(options.completedOlderThan, options.completedNewerThan),
    started: span(options.startedOlderThan, options.startedNewerThan),
    updated: span(options.updatedOlderThan, options.updatedNewerThan),
  };
  return { consumer, filter, schedule: { cron, timeZone, every }, mode, cap, reason, enabled: disabled !== true };
}

function span(olderThan: string | undefined, newerThan: string | undefined): object | undefined {
  return olderThan === undefined && newerThan === undefined ? undefined : { olderThan, newerThan };
}

/** Options that stand in a file, where there is one. */
const ofTheFile = [
  'user',
  'activity',
  'status',
  'completedOlderThan',
  'completedNewerThan',
  'startedOlderThan',
  'startedNewerThan',
  'updatedOlderThan',
  'updatedNewerThan',
  'cron',
  'timeZone',
  'every',
  'mode',
  'cap',
  'consumer',
  'reason',
] as const satisfies (keyof RuleOptions)[];

/** What stands beside it may only say that it is not to run yet. */
async function fromFile(terminal: Terminal, { file = '-', yes: _yes, ...others }: RuleOptions): Promise<object> {
  const beside = ofTheFile.find((name) => others[name] !== undefined);
  if (beside !== undefined) {
    const how = 'with --file all of the rule stands in the file, but for --disabled';
    throw new CommandFailure(exitCodes.usage, `${beside} cannot be given here: ${how}. Nothing was set.`);
  }
  const written = file === '-' ? await text(terminal.stdin) : await read(file);
  const rule = parsed(written, file);
  return others.disabled === true ? { ...rule, enabled: false } : rule;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CommandFailure(exitCodes.usage, `${file} cannot be read. Nothing was set.`, { cause });
  }
}

function parsed(written: string, file: string): object {
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below: the parser's own words may repeat what stands there.
  }
  throw new CommandFailure(exitCodes.usage, `${file} holds no JSON object. Nothing was set.`);
}

function checked(given: object): RuleInput {
  const result = ruleInputSchema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new CommandFailure(exitCodes.usage, `${faults.join('\n')}\nNothing was set.`);
}
