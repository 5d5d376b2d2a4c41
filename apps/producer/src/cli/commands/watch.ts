import { finalStates, type RequestView } from '@session-queue/core';
import { shellWord } from '../command-name.ts';
import type { Hint, Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { settled, waitsForPerson } from '../output/counts.ts';
import { Pace } from '../output/pace.ts';
import { watchDisplay } from '../output/watch-display.ts';
import { type Progress, requestShown } from '../output/watch-screen.ts';
import { follow } from './follow.ts';
import { readRequest } from './read-request.ts';
import { printRequest } from './status.ts';

/**
 * `session-queue watch`: shows how a request goes on until it ends, or until nothing of it can go on without a person. Anything
 * but success is a failure of the command too.
 */
export async function watch(session: Session, id: string): Promise<void> {
  const view = await followRequest(session, id);
  // As JSON it was the last line already.
  if (!session.json) printRequest(session, view);
  failUnlessDone(session, view);
}

async function followRequest(session: Session, id: string): Promise<RequestView> {
  const { terminal, json, hint } = session;
  const pace = new Pace();
  const look = async (): Promise<Progress> => {
    const view = await readRequest(session, id);
    pace.look(terminal.now(), settled(view.counts));
    return { view, pace };
  };
  const isOver = ({ view }: Progress): boolean => finalStates.has(view.state) || waitsForPerson(view);
  const end = await follow(terminal, watchDisplay(terminal, json, requestShown), look, isOver);
  if (end !== undefined) return end.view;
  const how = `The request goes on. Watch it again: ${hint(`watch ${shellWord(id)}`)}`;
  throw new CommandFailure(exitCodes.interrupted, how);
}

/** An end without success, or a wait for a person, is a failure of the command. */
export function failUnlessDone({ hint }: Session, view: RequestView): void {
  const failure = failureOf(view, hint);
  if (failure !== undefined) throw new CommandFailure(exitCodes.notDone, failure);
}

function failureOf(view: RequestView, hint: Hint): string | undefined {
  const items = `items ${shellWord(view.id)}`;
  if (view.state === 'completed') return undefined;
  if (view.state === 'failed') {
    return view.error === undefined
      ? `Some items failed. See which: ${hint(`${items} --failed`)}`
      : 'The request was refused.';
  }
  if (view.state === 'cancelled') return 'The request was cancelled.';
  if (!waitsForPerson(view)) return undefined;
  return `The outcome of some items is unknown. See which: ${hint(`${items} --parked`)}`;
}
