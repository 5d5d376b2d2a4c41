import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionQueueClient } from '@session-queue/core';
import { Announcements, consumerKeys, firstDeadline, judgeDeadlines } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { deadlinePage } from '../src/deadlines/deadline-page.ts';
import { readDeadlines } from '../src/deadlines/read-deadlines.ts';
import { kindList } from '../src/overview/kind-list.ts';
import { problemsOf } from '../src/overview/problems.ts';
import { startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { lane, now, overview } from './harness/lanes.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

const account = { name: 'vera', role: 'viewer' as const, formToken: 't' };

describe('Deadlines of open requests', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;
  let client: SessionQueueClient;

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, viewer);
    const { redis, prefix } = dashboard;
    client = new SessionQueueClient({ redis, prefix });
    await new Announcements(redis, prefix).announce('w', [{ name: 'school-a', identity: 'a' }]);
    const ask = async (id: string, hours: number) => {
      const deadline = new Date(Date.now() + hours * 3_600_000).toISOString();
      await client.deleteSessions({ id, consumer: 'school-a', sessionIds: ['s-secret'], deadline });
    };
    await ask('fine', 48);
    await ask('late', -3);
    await ask('later-still', -2);
    await ask('soon', 2);
    const keys = consumerKeys(redis, prefix, 'school-a');
    await redis.hincrby(`${keys.base}request:soon`, 'createdAt', -100 * 3_600_000);
    await judgeDeadlines(keys, 'deletion', firstDeadline, { calls: 5, windowMs: 5_000 });
    for (const id of ['fine', 'late', 'later-still', 'soon']) {
      const view = await client.getRequest(id);
      if (view !== undefined) dashboard.records.add(view);
    }
  });

  afterAll(async () => {
    await client.close();
    await dashboard.stop();
  });

  const shown = (text: string) => [...text.matchAll(/<a class="id" href="[^"]*" title="([^"]*)"/g)].map(([, id]) => id);

  it('that were missed are listed, the earliest first', async () => {
    const text = await (await visitor.get('/deadlines?deadline=missed')).text();
    expect(shown(text)).toEqual(['late', 'later-still']);
    expect(text).toContain('3 hours ago');
    expect(text).not.toContain('s-secret');
  });

  it('that are at risk are listed without those that were missed', async () => {
    const text = await (await visitor.get('/deadlines')).text();
    expect(shown(text)).toEqual(['soon']);
    expect(text).toContain('in 2 hours');
    expect(text).toContain('<a href="/deadlines" aria-current="page">Deadlines</a>');
  });

  it('are counted on the overview, which links to them', async () => {
    const text = await (await visitor.get('/')).text();
    expect(text).toContain('href="/deadlines?deadline=missed">2 requests behind their deadline');
    expect(text).toContain('href="/deadlines?deadline=at-risk">1 request at risk');
  });

  it('stand on the page of a request, with what to do', async () => {
    const late = await (await visitor.get('/requests?id=late')).text();
    expect(late).toContain('Behind its deadline:');
    expect(late).toMatch(/<dt>Deadline<\/dt><dd><time [^>]*>[^<]*<\/time>, 3 hours ago/);
    expect(await (await visitor.get('/requests?id=soon')).text()).toContain('At risk:');
    expect(await (await visitor.get('/requests?id=fine')).text()).not.toMatch(/At risk|Behind its deadline/);
  });

  it('are cut to 200, and say so', async () => {
    const { redis, prefix } = dashboard;
    const views = Array.from({ length: 201 }, (_, n) =>
      requestView({ id: `r${n}`, deadline: '2026-03-01T09:00:00.000Z', missed: '2026-03-01T09:00:00.000Z' }),
    );
    dashboard.records.add(...views);
    const key = `${consumerKeys(redis, prefix, 'school-b').base}resubmission:deadlines`;
    await redis.sadd(`{${prefix}}:busy`, 'school-b');
    await redis.zadd(key, ...views.flatMap(({ id }) => [1, id]));
    const list = await readDeadlines({ redis, prefix, sessionQueue: dashboard.records }, 'missed');
    expect([list.requests.length, list.isCut]).toEqual([200, true]);
    expect(deadlinePage(list, account)).toContain('session-queue list --deadline missed --all');
    await redis.del(key);
  });
});

describe('A lane', () => {
  const late = lane({ missed: 2, nextDeadline: now - 3_600_000, openRequests: 3, items: { pending: 5 } });

  it('with requests behind their deadline needs somebody at once, and one with requests at risk soon', () => {
    const problems = problemsOf(overview({ lanes: [late, lane({ consumer: 'b', atRisk: 1 })] }));
    expect(problems.map(({ tone, title }) => `${tone}: ${title}`)).toEqual([
      'bad: 2 requests of school-a behind their deadline',
      'warn: 1 request of b at risk of missing its deadline',
    ]);
    expect(problems[0]?.detail).toContain('due 1 hour ago');
  });

  it('without such requests shows no deadlines', () => {
    expect(kindList(overview({ lanes: [lane()] }), account).text).not.toContain('/deadlines');
    expect(kindList(overview({ lanes: [late] }), account).text).toContain('2 requests behind their deadline');
  });
});
