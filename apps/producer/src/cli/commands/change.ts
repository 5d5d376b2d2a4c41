import type { Kind, RequestView, SessionQueue, Why, WhyIfAny } from '@session-queue/core';
import type { Session } from '../connection/session.ts';
import { print } from '../terminal.ts';
import { printRequest } from './status.ts';

/** `session-queue cancel`, `hold`, `release`, `approve`, `revoke`, `retry` and `parked`: prints the request as it is then. */
export async function changeRequest(
  session: Session,
  change: (queue: SessionQueue) => Promise<RequestView>,
): Promise<void> {
  printRequest(session, await change(session.queue));
}

/** `session-queue stop`: nothing of a kind is sent from the next call on. */
export async function stop({ queue, terminal, json, hint }: Session, kind: Kind, { reason, by }: Why): Promise<void> {
  await queue.stopKind(kind, reason, { by });
  const said = `Every ${kind} is stopped, until: ${hint(`start --kind ${kind}`)}`;
  print(terminal, json ? JSON.stringify({ kind, stopped: true, reason }) : said);
}

/** `session-queue start`: undoes the stop. */
export async function start({ queue, terminal, json }: Session, kind: Kind, why: WhyIfAny): Promise<void> {
  await queue.startKind(kind, why);
  print(terminal, json ? JSON.stringify({ kind, stopped: false }) : `Every ${kind} goes on.`);
}
