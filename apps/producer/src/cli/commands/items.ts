import { itemsPageSchema } from '../../requests/answer-schemas.ts';
import { requestPath } from '../../requests/present.ts';
import type { Session } from '../connection.ts';
import { print, printable, tell } from '../terminal.ts';

const pageSize = '1000';

/** `session-queue items`: all failed or parked items, a line each. */
export async function items(session: Session, id: string, { state }: { state: string }): Promise<void> {
  let next: string | undefined;
  let count = 0;
  do {
    const query = new URLSearchParams({ state, limit: pageSize, ...(next === undefined ? {} : { next }) });
    const path = `${requestPath(id)}/items?${query.toString()}`;
    const page = (await session.api.call({ method: 'GET', path, schema: itemsPageSchema, isPatient: true })).value;
    for (const { item, code, message } of page.items) {
      const line = session.json
        ? JSON.stringify({ item, code, message })
        : [item, code, message].map(printable).join('\t');
      print(session.terminal, line);
    }
    count += page.items.length;
    next = page.next;
  } while (next !== undefined);
  if (count === 0) tell(session.terminal, `This request has no ${state} items.`);
}
