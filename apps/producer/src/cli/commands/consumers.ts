import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { print, tell } from '../terminal.ts';

/** `session-queue consumers`: those that workers have announced. */
export async function consumers({ queue, terminal, json }: Session): Promise<void> {
  const names = await withPatience(terminal, () => queue.consumers());
  for (const name of names) print(terminal, json ? JSON.stringify({ name }) : name);
  if (names.length === 0) tell(terminal, 'No worker has announced a consumer yet.');
}
