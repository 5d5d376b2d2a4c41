import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consumerKeys, firstDeadline, judgeDeadlines } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { deadlinePage } from '../src/deadlines/deadline-page.ts';
import { readDeadlines } from '../src/deadlines/read-deadlines.ts';
import { kindList } from '../src/overview/kind-list.ts';
import { problemsOf } from '../src/overview/problems.ts';
import { type AskedRequests, listedIds, startAskedRequests } from './harness/asked-requests.ts';
import type { TestDashboard } from './harness/dashboard.ts';
import { lane, now, overview } from './harness/lanes.ts';
import { requestView } from './harness/request-views.ts';

leakGuard();

const account = { name: 'vera', role: 'viewer' as const, formToken: 't' };

describe('Deadlines of open requests', () => {
  let asked: AskedRequests;
  let dashboard: TestDashboard;

  beforeAll(async () => {
    asked = await startAskedRequests('school-a');
    ({ dashboard } = asked);
    const ask = async (id: string, hours: number) => {
      await asked.ask(id, { deadline: new Date(Date.now() + hours * 3_600_000).toISOString() });
    };
    await ask('fine', 48);
    await ask('late', -3);
    await ask('later-still', -2);
    await ask('soon', 2);
    const { redis, base } = asked.keys;
    await redis.hincrby(`${base}request:soon`, 'createdAt', -100 * 3_600_000);
    await judgeDeadlines(asked.keys, 'deletion', firstDeadline, { calls: 5, windowMs: 5_000 });
    await asked.show('fine', 'late', 'later-still', 'soon');
  });

  afterAll(() => asked.stop());

  it('that were missed are listed, the earliest first', async () => {
    const text = await (await asked.visitor.get('/deadlines?deadline=missed')).text();
    expect(listedIds(text)).toEqual(['late', 'later-still']);
    expect(text).toContain('3 hours ago');
    expect(text).not.toContain('s-secret');
  });

  it('that are at risk are listed without those that were missed', async () => {
    const text = await (await asked.visitor.get('/deadlines')).text();
    expect(listedIds(text)).toEqual(['soon']);
    expect(text).toContain('in 2 hours');
    expect(text).toContain('<a href="/deadlines" aria-current="page">Deadlines</a>');
  });

  it('are counted on the overview, which links to them', async () => {
    const text = await (await asked.visitor.get('/')).text();
    expect(text).toContain('href="/deadlines?deadline=missed">2 requests behind their deadline');
    expect(text).toContain('href="/deadlines?deadline=at-risk">1 request at risk');
  });

  it('stand on the page of a request, with what to do', async () => {
    const late = await (await asked.visitor.get('/requests?id=late')).text();
    expect(late).toContain('Behind its deadline:');
    expect(late).toMatch(/<dt>Deadline<\/dt><dd><time [^>]*>[^<]*<\/time>, 3 hours ago/);
    expect(await (await asked.visitor.get('/requests?id=soon')).text()).toContain('At risk:');
    expect(await (await asked.visitor.get('/requests?id=fine')).text()).not.toMatch(/At risk|Behind its deadline/);
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
    await redis.srem(`{${prefix}}:busy`, 'school-a');
    const list = await readDeadlines({ redis, prefix, sessionQueue: dashboard.records }, 'missed');
    await redis.sadd(`{${prefix}}:busy`, 'school-a');
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
