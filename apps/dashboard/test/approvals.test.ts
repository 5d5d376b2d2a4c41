import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consumerKeys, noteGuards, openRequest } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { approvalPage } from '../src/approvals/approval-page.ts';
import { readApprovals } from '../src/approvals/read-approvals.ts';
import { kindList } from '../src/overview/kind-list.ts';
import { laneTable } from '../src/overview/lane-table.ts';
import { type AskedRequests, listedIds, startAskedRequests } from './harness/asked-requests.ts';
import type { TestDashboard } from './harness/dashboard.ts';
import { lane, overview } from './harness/lanes.ts';
import { requestView } from './harness/request-views.ts';

leakGuard();

const account = { name: 'vera', role: 'viewer' as const, formToken: 't' };
const hourMs = 3_600_000;

describe('Deletions that are kept back', () => {
  let asked: AskedRequests;
  let dashboard: TestDashboard;

  beforeAll(async () => {
    asked = await startAskedRequests('school-a');
    ({ dashboard } = asked);
    const ask = async (id: string, requestedBy: string) => {
      await asked.ask(id, { requestedBy, reason: `of ${id}` });
      await openRequest(asked.keys, id);
    };
    await noteGuards(asked.keys, { approvalOver: 0, holdWindowMs: 2 * hourMs });
    await ask('first', 'ada');
    await ask('second', 'bob');
    await noteGuards(asked.keys, { holdWindowMs: 2 * hourMs });
    await ask('in-window', 'ada');
    await asked.show('first', 'second', 'in-window');
  });

  afterAll(() => asked.stop());

  it('for an approval are listed, those asked for first, with who asked and why, and no session', async () => {
    const text = await (await asked.visitor.get('/approvals')).text();
    expect(listedIds(text)).toEqual(['first', 'second']);
    expect(text).toContain('<td data-label="Asked by">bob</td>');
    expect(text).toContain('<td data-label="Why">of second</td>');
    expect(text).toContain('<a href="/approvals" aria-current="page">Approvals</a>');
    expect(text).not.toContain('s-secret');
  });

  it('by their hold window are listed with when they begin', async () => {
    const text = await (await asked.visitor.get('/approvals?for=hold-window')).text();
    expect(listedIds(text)).toEqual(['in-window']);
    expect(text).toContain('in 2 hours');
  });

  it('are counted on the overview, which links to both lists', async () => {
    const text = await (await asked.visitor.get('/')).text();
    expect(text).toContain('href="/approvals">2 requests wait for approval</a>');
    expect(text).toContain('href="/approvals?for=hold-window">1 request in its hold window</a>');
  });

  it('are left out of the list where a record says that it waits no more', async () => {
    const { redis, prefix } = dashboard;
    const key = `${consumerKeys(redis, prefix, 'school-a').base}deletion:unapproved`;
    dashboard.records.add(requestView({ id: 'approved', state: 'processing' }));
    await redis.zadd(key, 1, 'approved', 2, 'gone');
    const list = await readApprovals({ redis, prefix, sessionQueue: dashboard.records }, 'approval');
    expect(list.requests.map(({ id }) => id)).toEqual(['first', 'second']);
    await redis.zrem(key, 'approved', 'gone');
  });

  it('are cut to 200, and say so', async () => {
    const { redis, prefix } = dashboard;
    const views = Array.from({ length: 201 }, (_, n) => requestView({ id: `r${n}`, state: 'waiting' }));
    dashboard.records.add(...views);
    const key = `${consumerKeys(redis, prefix, 'school-b').base}deletion:unapproved`;
    await redis.sadd(`{${prefix}}:busy`, 'school-b');
    await redis.zadd(key, ...views.flatMap(({ id }) => [1, id]));
    await redis.srem(`{${prefix}}:busy`, 'school-a');
    const list = await readApprovals({ redis, prefix, sessionQueue: dashboard.records }, 'approval');
    await redis.sadd(`{${prefix}}:busy`, 'school-a');
    expect([list.requests.length, list.isCut]).toEqual([200, true]);
    expect(approvalPage(list, account)).toContain('session-queue list --state waiting --kind deletion --all');
    await redis.del(key);
  });
});

describe('A lane', () => {
  const open = { items: { pending: 5 }, openRequests: 2 };
  const state = (given: Parameters<typeof lane>[0]) =>
    /<td><span class="(pill [^"]*)"[^>]*>([^<]*)/
      .exec(laneTable(overview({ lanes: [lane(given)] }), account, '').text)
      ?.slice(1);

  it('says what it waits for where all that it has is kept back', () => {
    expect(state({ ...open, unapproved: 1, inWindow: 1 })).toEqual(['pill warn', 'waits for approval']);
    expect(state({ ...open, inWindow: 2 })).toEqual(['pill calm', 'in a hold window']);
    expect(state({ ...open, unapproved: 1 })).toEqual(['pill calm', 'waiting']);
    expect(state({ ...open, items: { pending: 4, claimed: 1 }, unapproved: 2 })).toEqual(['pill good', 'working']);
  });

  it('with nothing kept back shows no way to such lists', () => {
    expect(kindList(overview({ lanes: [lane(open)] }), account).text).not.toContain('/approvals');
  });
});
