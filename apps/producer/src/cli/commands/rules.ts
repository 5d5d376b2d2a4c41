import { changedRule, type RuleView, type SelectionView } from '@session-queue/core';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { listedRules, listedRuns, showRuleLines } from '../output/show-rule.ts';
import { selectionShown } from '../output/show-selection.ts';
import { watchDisplay } from '../output/watch-display.ts';
import { coloursFor, print, tell } from '../terminal.ts';
import { readable } from '../wording.ts';
import { follow } from './follow.ts';
import { printWhole } from './print-list.ts';
import { readSelection } from './read-selection.ts';

/** `session-queue rules list` */
export async function listRules(session: Session, consumer: string | undefined): Promise<void> {
  const consumers = consumer === undefined ? undefined : [consumer];
  await printWhole(session, () => session.queue.rules.listRules({ consumers }), listedRules);
}

/** `session-queue rules show` */
export async function showRule(session: Session, name: string): Promise<void> {
  printRule(session, await withPatience(session.terminal, () => session.queue.rules.getRule(name)));
}

export function printRule({ terminal, json }: Session, rule: RuleView): void {
  if (json) print(terminal, JSON.stringify(rule));
  else print(terminal, showRuleLines(rule, coloursFor(terminal, terminal.stdout)));
}

/** `session-queue rules enable`, `disable` */
export async function switchRule(
  session: Session,
  name: string,
  enabled: boolean,
  person: { by?: string },
): Promise<void> {
  const { rules } = session.queue;
  const change = async () => await rules.putRule(name, changedRule(await rules.getRule(name), { enabled }), person);
  printRule(session, await withPatience(session.terminal, change));
}

/** `session-queue rules remove` */
export async function removeRule(
  { queue, terminal, json }: Session,
  name: string,
  person: { by?: string },
): Promise<void> {
  await queue.rules.removeRule(name, person);
  print(terminal, json ? JSON.stringify({ name, removed: true }) : `The rule ${name} is removed.`);
}

/** `session-queue rules run` */
export async function runRule(
  { queue, terminal, json, hint }: Session,
  name: string,
  person: { by?: string },
): Promise<void> {
  const run = await queue.rules.runRule(name, person);
  if (json) return print(terminal, JSON.stringify(run));
  print(terminal, `The run of ${run.moment} is under way.`);
  tell(terminal, `See what it comes to: ${hint(`rules runs ${name}`)}`);
}

/** `session-queue rules runs` */
export async function showRuns(session: Session, name: string): Promise<void> {
  await printWhole(session, () => session.queue.rules.ruleRuns(name), listedRuns);
}

/** `session-queue rules preview`: waits until its selection is ready, and says what a run would do. */
export async function previewRule(session: Session, name: string): Promise<void> {
  const { queue, terminal, json, hint } = session;
  const { rule, selection: made, next } = await queue.rules.previewRule(name);
  const display = watchDisplay(terminal, false, selectionShown);
  const isOver = ({ state }: SelectionView): boolean => state !== 'walking';
  const selection =
    json && isOver(made) ? made : await follow(terminal, display, () => readSelection(session, made.id), isOver);
  if (selection === undefined) {
    const how = `The selection goes on. Look at it: ${hint(`preview ${made.id}`)}`;
    throw new CommandFailure(exitCodes.interrupted, how);
  }
  const would = wouldDo(rule, selection);
  if (json) print(terminal, JSON.stringify({ rule, selection, next, would }));
  else
    print(
      terminal,
      [
        `Selection     ${made.id}`,
        `Would         ${would}`,
        ...next.map((at, i) => `${(i === 0 ? 'Next' : '').padEnd(13)} ${at}`),
      ].join('\n'),
    );
  if (!rule.enabled) tell(terminal, 'The rule is disabled: it does not run until it is enabled.');
  if (selection.state !== 'ready') throw new CommandFailure(exitCodes.notDone, `Its selection is ${selection.state}.`);
}

function wouldDo({ mode, cap = 0 }: RuleView, { state, count }: SelectionView): string {
  const found = `${readable(count)} sessions`;
  if (state !== 'ready') return 'fail: its selection is not ready';
  if (count === 0) return 'find nothing';
  if (mode === 'report') return `report ${found}`;
  if (mode === 'approve') return `ask for the deletion of ${found}, which waits for a second person`;
  return count > cap ? `delete nothing: ${found} are over its cap of ${readable(cap)}` : `delete ${found}`;
}
