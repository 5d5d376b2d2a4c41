import { requestSchema, switchSchema } from '../../requests/answer-schemas.ts';
import { requestPath } from '../../requests/present.ts';
import type { Session } from '../connection.ts';
import { print } from '../terminal.ts';
import { printRequest } from './status.ts';

/** `session-queue cancel`, `hold`, `release`, `retry` and `parked`: prints the request as it is then. */
export async function changeRequest(session: Session, id: string, action: string, body?: object): Promise<void> {
  const path = `${requestPath(id)}/${action}`;
  const call = { method: 'POST', path, schema: requestSchema } as const;
  printRequest(session, (await session.api.call(body === undefined ? call : { ...call, body })).value);
}

/** `session-queue stop` and `start`. */
export async function switchKind(session: Session, action: 'stop' | 'start', body: object): Promise<void> {
  const { value } = await session.api.call({ method: 'POST', path: `/v1/${action}`, schema: switchSchema, body });
  const said = value.stopped
    ? `Every ${value.kind} is stopped, until: ${session.terminal.command} start --kind ${value.kind}`
    : `Every ${value.kind} goes on.`;
  print(session.terminal, session.json ? JSON.stringify(value) : said);
}
