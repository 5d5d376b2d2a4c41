import { SessionQueueClient } from '@session-queue/core';
import { Announcements, type ConsumerKeys, consumerKeys } from '@session-queue/core/engine';
import { startDashboard, type TestDashboard, viewer } from './dashboard.ts';
import { signedInVisitor, type Visitor } from './visitor.ts';

/** A dashboard, seen by a viewer, over deletions that were asked of Redis for one consumer. */
export interface AskedRequests {
  readonly dashboard: TestDashboard;
  readonly visitor: Visitor;
  readonly keys: ConsumerKeys;
  /** Asks for the deletion of one session. */
  ask(id: string, notes: Partial<Parameters<SessionQueueClient['deleteSessions']>[0]>): Promise<void>;
  /** Lets the dashboard find requests by their ids, as they are now. */
  show(...ids: string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startAskedRequests(consumer: string): Promise<AskedRequests> {
  const dashboard = await startDashboard();
  const { redis, prefix, records } = dashboard;
  const client = new SessionQueueClient({ redis, prefix });
  await new Announcements(redis, prefix).announce('w', [{ name: consumer, identity: 'a' }]);
  return {
    dashboard,
    visitor: await signedInVisitor(dashboard, viewer),
    keys: consumerKeys(redis, prefix, consumer),
    ask: async (id, notes) => {
      await client.deleteSessions({ id, consumer, sessionIds: ['s-secret'], ...notes });
    },
    show: async (...ids) => {
      for (const id of ids) {
        const view = await client.getRequest(id);
        if (view === undefined) throw new Error(`${id} was not asked for`);
        records.add(view);
      }
    },
    stop: async () => {
      await client.close();
      await dashboard.stop();
    },
  };
}

/** The ids of the requests that a page lists, in order. */
export function listedIds(page: string): (string | undefined)[] {
  return [...page.matchAll(/<a class="id" href="[^"]*" title="([^"]*)"/g)].map(([, id]) => id);
}
