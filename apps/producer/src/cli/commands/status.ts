import type { RequestView } from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import type { Session } from '../connection/session.ts';
import { showRequest } from '../output/show-request.ts';
import { coloursFor, print } from '../terminal.ts';
import { readRequest } from './read-request.ts';

/** `session-queue status`: one look. */
export async function status(session: Session, id: string): Promise<void> {
  printRequest(session, await readRequest(session, id));
}

export function printRequest({ terminal, json }: Session, view: RequestView): void {
  if (json) print(terminal, JSON.stringify(presentRequest(view)));
  else print(terminal, showRequest(view, coloursFor(terminal, terminal.stdout)));
}
