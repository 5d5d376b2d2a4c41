import type { Site } from './site.ts';

/** Requests in every state that people look at, as a working day leaves them. */
export interface Showcase {
  /** Under way for as long as tests look at it. */
  underWay: string;
  completed: string;
  failed: string;
  /** A batch of the completed one. */
  batch: string;
  /** One that is ready to be deleted. */
  selection: string;
  /** On sessions, and on a learner. */
  holds: { sessions: string; learner: string };
}

/** The name of a rule that has run. */
export const shownRule = 'spring-term';

/** Has the system do some real work, and leaves it with more to do. */
export async function fillSite(site: Site): Promise<Showcase> {
  const erasure = await fillErasure(site);
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
  return { underWay, completed, failed, batch: await site.batchOf(completed), ...erasure };
}

/** A selection, two rules, three legal holds, and a deletion that is verified. */
async function fillErasure({ world }: Site): Promise<Pick<Showcase, 'selection' | 'holds'>> {
  const { client, fake } = world;
  const sessionOf = (n: number) => ({ userId: `learner-${n % 6}`, activityId: `maths-${2022 + (n % 3)}` });
  await fake.giveSessions(Array.from({ length: 120 }, (_, n) => ({ sessionId: `shown-${n}`, ...sessionOf(n) })));
  const filter = { started: { from: '2020-01-01T00:00:00Z' } };
  const { id: selection } = await client.select({ filter, reason: 'retention, spring term', requestedBy: 'lms' });
  const schedule = { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' };
  const rule = { filter: { started: { newerThan: 'P1Y' } }, schedule, reason: 'retention' } as const;
  await client.rules.putRule(shownRule, { ...rule, mode: 'report' }, { by: 'privacy desk' });
  await client.rules.putRule('exam-archive', { ...rule, mode: 'delete', cap: 5_000, enabled: false }, { by: 'ada' });
  await client.rules.runRule(shownRule, { by: 'ada' });
  const why = { reason: 'case 2027-12', by: 'legal' };
  const { id: sessions } = await client.holds.addLegalHold({ ...why, sessionIds: ['held-1', 'held-2'] });
  const { id: learner } = await client.holds.addLegalHold({ ...why, userId: 'learner-3' });
  await client.holds.addLegalHold({ ...why, consumer: 'north', activityId: 'maths-2023' });
  await world.until('the selection is ready', async () => (await client.getSelection(selection)).state === 'ready');
  await world.until('the rule has run', async () => (await client.rules.ruleRuns(shownRule))[0]?.state === 'reported');
  const isKnown = async () => (await client.holds.getLegalHold(learner)).resolvedAt !== undefined;
  await world.until('the sessions of the hold are known', isKnown);
  // What was seen before can be verified.
  const { id } = await client.deleteSessions({ sessionIds: [1, 2, 4].map((n) => `shown-${n}`), verify: true });
  const counts = async () => (await client.getRequest(id))?.counts;
  await world.until('a deletion is verified', async () => (await counts())?.verified === 3, 60_000);
  return { selection, holds: { sessions, learner } };
}

/** Deletions that are late or kept back: one that waits for approval, one behind its deadline, and one that is at risk for as long as tests look at it. */
export async function fillDeadlines(site: Site): Promise<void> {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
  const ask = { consumer: 'north', requestedBy: 'privacy desk' };
  const missed = await site.deleteSessions(3_000, { ...ask, deadline: inSeconds(2), reason: 'erasure request 12' });
  const atRisk = await site.deleteSessions(40_000, { ...ask, deadline: inSeconds(300), reason: 'end of contract' });
  const kept = await site.deleteSessions(30, { ...ask, requireApproval: true, reason: 'erasure request 13' });
  const view = async (id: string) => await site.world.client.getRequest(id);
  await site.world.until('one is behind its deadline', async () => (await view(missed))?.missed !== undefined, 30_000);
  await site.world.until('one waits for approval', async () => (await view(kept))?.state === 'waiting', 30_000);
  await site.world.until('one is at risk', async () => (await view(atRisk))?.atRisk !== undefined, 30_000);
}
