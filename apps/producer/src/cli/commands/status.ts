import type { RequestView } from '@session-queue/core';
import { requestSchema } from '../../requests/answer-schemas.ts';
import { requestPath } from '../../requests/present.ts';
import { shellWord } from '../command-name.ts';
import type { Session } from '../connection.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { follow, waitsForPerson } from '../output/follow.ts';
import { showRequest } from '../output/show-request.ts';
import { print } from '../terminal.ts';

export async function status(session: Session, id: string, options: { follow?: boolean }): Promise<void> {
  const path = requestPath(id);
  if (options.follow === true) await followRequest(session, path);
  else printRequest(session, await readRequest(session, path, false));
}

/** Follows a request to its end; anything but success is a failure of the command too. */
export async function followRequest(session: Session, path: string): Promise<void> {
  printOutcome(session, await follow(session.terminal, async () => await readRequest(session, path, true)));
}

/** Shows a request as it is now; an end without success is a failure of the command too. */
export async function showOutcome(session: Session, path: string): Promise<void> {
  printOutcome(session, await readRequest(session, path, true));
}

function printOutcome(session: Session, view: RequestView): void {
  printRequest(session, view);
  const failure = failureOf(view, session.terminal.command);
  if (failure !== undefined) throw new CommandFailure(exitCodes.notDone, failure);
}

export function printRequest(session: Session, view: RequestView): void {
  print(session.terminal, session.json ? JSON.stringify(view) : showRequest(view));
}

async function readRequest(session: Session, path: string, isPatient: boolean): Promise<RequestView> {
  return (await session.api.call({ method: 'GET', path, schema: requestSchema, isPatient })).value;
}

function failureOf(view: RequestView, command: string): string | undefined {
  const items = `${command} items ${shellWord(view.id)} --state`;
  if (view.state === 'completed') return undefined;
  if (view.state === 'failed') {
    return view.error === undefined ? `Some items failed. See which: ${items} failed` : 'The request was refused.';
  }
  if (view.state === 'cancelled') return 'The request was cancelled.';
  if (!waitsForPerson(view)) return undefined;
  return `The outcome of some items is unknown. See which: ${items} parked`;
}
