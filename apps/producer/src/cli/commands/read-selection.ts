import type { SelectionView } from '@session-queue/core';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';

/** A selection as it is now; waits while the other side is away. */
export async function readSelection({ queue, terminal }: Session, id: string): Promise<SelectionView> {
  return await withPatience(terminal, () => queue.getSelection(id));
}
