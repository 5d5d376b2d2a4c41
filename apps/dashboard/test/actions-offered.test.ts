import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Announcements, BusyConsumers } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { consumer, targetRequests } from './harness/action-targets.ts';
import { startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { requestView } from './harness/request-views.ts';
import { type People, signedInPeople, type Visitor } from './harness/visitor.ts';

leakGuard();

async function offeredOn(page: string, who: Visitor): Promise<(string | undefined)[]> {
  const text = await (await who.get(page)).text();
  return [...text.matchAll(/href="\/actions\/([\w-]+)\?/g)].map(([, action]) => action);
}

describe('An action is offered where it is possible, to those who may', () => {
  let dashboard: TestDashboard;
  let people: People;

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = await signedInPeople(dashboard);
    const { redis, prefix, records } = dashboard;
    records.announced = [consumer];
    await new BusyConsumers(redis, prefix).mark(consumer);
    await new Announcements(redis, prefix).announce('a worker', [{ name: consumer, identity: 'a' }]);
  });
  afterAll(async () => await dashboard.stop());
  beforeEach(() => dashboard.records.add(...targetRequests()));

  it.each([
    ['open', ['hold', 'cancel']],
    ['waits', ['revoke']],
    ['failed', ['retry']],
    ['ended', []],
    ['refused', []],
  ])('on the request %s', async (id, offered) => {
    const found = async (who: Visitor) => await offeredOn(`/requests?id=${id}`, who);
    expect(await found(people.operator)).toEqual(offered);
    expect(await found(people.viewer)).toEqual([]);
  });

  it.each([
    ['requestedBy', 'requestedBy'],
    ['its token', 'keyName'],
  ])('but approval not to who asked, by %s', async (_how, field) => {
    const counts = { total: 1, pending: 1 };
    dashboard.records.add(requestView({ id: 'own', state: 'waiting', counts, [field]: 'ada' }));
    const page = async (id: string) => await (await people.admin.get(`/requests?id=${id}`)).text();
    expect(await page('own')).not.toContain('/actions/approve');
    expect(await page('own')).toContain('/actions/revoke');
    expect(await page('waits')).toContain('/actions/approve');
  });

  it('on the overview', async () => {
    const found = async (who: Visitor) => [...new Set(await offeredOn('/', who))];
    expect(await found(people.viewer)).toEqual([]);
    expect(await found(people.operator)).toEqual(['pause']);
    expect(await found(people.admin)).toEqual(['stop-kind', 'pause']);
    await people.admin.act('/actions/stop-lane', { consumer, kind: 'deletion' });
    expect(await found(people.admin)).toEqual(['stop-kind', 'pause', 'start-lane']);
    await people.admin.act('/actions/start-lane', { consumer, kind: 'deletion' });
  });
});
