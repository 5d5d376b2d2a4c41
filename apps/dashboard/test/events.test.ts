import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { sessionLifetimeMs } from '../src/sign-in/sessions.ts';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { PageEvents } from './harness/events.ts';
import { giveFigures } from './harness/figures.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor, Visitor } from './harness/visitor.ts';

leakGuard();

describe('A page that is kept up to date', () => {
  let dashboard: TestDashboard;
  let vera: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard({ mostStreams: 3 });
    vera = await signedInVisitor(dashboard, viewer);
  });

  afterAll(async () => await dashboard.stop());

  const noStreams = async () =>
    await eventually(() => dashboard.streams.size === 0 || undefined, { timeoutMs: 5_000, what: 'no stream' });

  it('gets every part at first, and then only what has changed', async () => {
    const events = await PageEvents.open(vera, '/events');
    expect(events.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(events.response.headers.get('cache-control')).toBe('no-store, no-transform');
    const first = await events.next();
    expect(first?.name).toBe('parts');
    const page = await (await vera.get('/')).text();
    const ids = [...page.matchAll(/id="([^"]+)" data-part/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(8);
    expect(new Set(Object.keys(first?.data ?? {}))).toEqual(new Set(ids));
    await giveFigures(dashboard, 'school-a', { 'deletion:pending': 4_711 });
    const { data } = await events.until(({ data: parts }) => parts.lanes !== undefined);
    expect(data.lanes).toContain('4,711');
    expect(data.workers).toBeUndefined();
    await events.close();
    await noStreams();
  });

  it('shows admins what they may do, and viewers nothing of it', async () => {
    const ada = await signedInVisitor(dashboard, admin);
    for (const [who, offered] of [
      [ada, true],
      [vera, false],
    ] as const) {
      const events = await PageEvents.open(who, '/events');
      expect((await events.next())?.data.kinds?.includes('/actions/')).toBe(offered);
      await events.close();
    }
    await noStreams();
  });

  it('is read once for all who look, and not at all when nobody does', async () => {
    const reads = async () =>
      Number(/cmdstat_time:calls=(\d+)/.exec(await dashboard.redis.info('commandstats'))?.[1] ?? 0);
    const three = await Promise.all([0, 1, 2].map(async () => await PageEvents.open(vera, '/events')));
    await Promise.all(three.map(async (events) => await events.next()));
    const before = await reads();
    // Each reading asks Redis for its time twice: for itself, and for its workers.
    await Promise.all(three.map(async (events) => [await events.next(), await events.next(), await events.next()]));
    expect((await reads()) - before).toBeLessThanOrEqual(2 * 5);
    await Promise.all(three.map(async (events) => await events.close()));
    await noStreams();
    // What was under way as the last one left.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = await reads();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await reads()).toBe(after);
  });

  it('is refused beyond so many at a time, with when to come again, and let in when one has gone', async () => {
    const open = await Promise.all([0, 1, 2].map(async () => await PageEvents.open(vera, '/events')));
    const refused = await vera.call('GET', '/events', { headers: { accept: 'text/event-stream' } });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await refused.text()).toContain('Too many pages are kept up to date');
    await Promise.all(open.map(async (events) => await events.close()));
    await noStreams();
    await (await PageEvents.open(vera, '/events')).close();
    await noStreams();
  });

  it('is for those who are signed in, and ends when they sign out', async () => {
    const stranger = await new Visitor(dashboard).call('GET', '/events', { headers: { accept: 'text/event-stream' } });
    expect(stranger.status).toBe(401);
    const leaving = await signedInVisitor(dashboard, viewer);
    const events = await PageEvents.open(leaving, '/events');
    await events.next();
    expect((await leaving.act('/sign-out')).status).toBe(303);
    while ((await events.next()) !== undefined);
    await noStreams();
  });

  it('ends when the sign-in has run out', async () => {
    const events = await PageEvents.open(vera, '/events');
    await events.next();
    dashboard.clock.now += sessionLifetimeMs + 1;
    while ((await events.next()) !== undefined);
    dashboard.clock.now -= sessionLifetimeMs + 1;
    await noStreams();
  });

  it('says that Redis does not answer, and goes on when it does', async () => {
    const events = await PageEvents.open(vera, '/events');
    await events.next();
    const key = `{${dashboard.prefix}}:workers`;
    await dashboard.redis.set(key, 'of another type, so that reading fails');
    const { data } = await events.until(({ name }) => name === 'fault');
    expect(data.message).toContain('Nothing is lost');
    await dashboard.redis.del(key);
    await events.until(({ name }) => name === 'parts');
    await events.close();
    await noStreams();
  });

  it('of a request goes on until its end, and is over then', async () => {
    dashboard.records.add(requestView({ id: 'r-1', counts: { total: 10, pending: 10 } }));
    const events = await PageEvents.open(vera, '/requests/events?id=r-1');
    const first = await events.next();
    const page = await (await vera.get('/requests?id=r-1')).text();
    const ids = [...page.matchAll(/id="([^"]+)" data-part/g)].map(([, id]) => id);
    expect(new Set(Object.keys(first?.data ?? {}))).toEqual(new Set(ids));
    expect(first?.data.progress).toContain('0 of 10 items done (0 %); time left unknown.');
    dashboard.records.add(requestView({ id: 'r-1', state: 'completed', counts: { total: 10, succeeded: 10 } }));
    const { data } = await events.until((event) => event.data.state !== undefined);
    expect(data.state).toContain('completed');
    expect(data.progress).toContain('10 of 10 items done (100 %).');
    expect((await events.next())?.name).toBe('over');
    expect(await events.next()).toBeUndefined();
    await noStreams();
  });

  it('of a request that nobody knows is none', async () => {
    const unknown = await vera.call('GET', '/requests/events?id=nobody', { headers: { accept: 'text/event-stream' } });
    expect(unknown.status).toBe(404);
    expect(dashboard.streams.size).toBe(0);
  });
});

describe('A dashboard that stops', () => {
  it('ends the pages that it keeps up to date at once', async () => {
    const dashboard = await startDashboard();
    const events = await PageEvents.open(await signedInVisitor(dashboard, viewer), '/events');
    await events.next();
    await dashboard.stop();
    while ((await events.next()) !== undefined);
    expect(dashboard.streams.size).toBe(0);
  });
});
