import { Refusal, type RequestView, unknownRequest } from '@session-queue/core';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';

/** A request as it is now; waits while the other side is away. */
export async function readRequest({ queue, terminal }: Session, id: string): Promise<RequestView> {
  const view = await withPatience(terminal, () => queue.getRequest(id));
  if (view === undefined) throw new Refusal('not_found', unknownRequest);
  return view;
}
