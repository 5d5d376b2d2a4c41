import type { Site } from './site.ts';

/** Requests in every state that people look at, as a working day leaves them. */
export interface Showcase {
  /** Under way for as long as tests look at it. */
  underWay: string;
  completed: string;
  failed: string;
  /** A batch of the completed one. */
  batch: string;
}

/** Has the system do some real work, and leaves it with more to do. */
export async function fillSite(site: Site): Promise<Showcase> {
  const bad = await site.refuseSessions();
  const completed = await site.deleteSessions(240, { reason: 'GDPR request 117', requestedBy: 'privacy desk' });
  const failed = await site.deleteSessions(130, { reason: 'end of contract', requestedBy: 'lms' }, 4);
  const again = await site.resubmit(80, { reason: 'outage of the school network', requestedBy: 'support' });
  await Promise.all([completed, failed, again].map((id) => site.ended(id)));
  await Promise.all([completed, failed, again].map((id) => site.told(id)));
  await bad.remove();
  await site.deleteSessions(4, { consumer: 'north', reason: 'erasure', priority: 'high' });
  await site.resubmit(300, { consumer: 'north', reason: 'half an hour without a network' });
  const underWay = await site.deleteSessions(20_000, { reason: 'retention, spring term', requestedBy: 'lms' });
  await site.world.until('the large request is under way', async () => {
    const view = await site.world.client.getRequest(underWay);
    return view !== undefined && view.counts.succeeded >= 400;
  });
  return { underWay, completed, failed, batch: await site.batchOf(completed) };
}
