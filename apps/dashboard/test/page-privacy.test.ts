import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueNames } from '@session-queue/core';
import { Announcements, consumerKeys } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { PageEvents } from './harness/events.ts';
import { giveFigures } from './harness/figures.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor } from './harness/visitor.ts';

leakGuard();

const sessionId = randomUUID();
const learner = 'private-learner';
const submission = Buffer.from('a learner’s answers').toString('base64');

describe('No page and no event shows a session id, a learner or a submission (invariant 9)', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard();
    const { redis, prefix } = dashboard;
    const { base } = consumerKeys(redis, prefix, 'school-a');
    await giveFigures(dashboard, 'school-a', {
      'deletion:pending': 1,
      'deletion:parked': 1,
      'resubmission:pending': 1,
    });
    const items = [sessionId, submission, Buffer.from(sessionId.replaceAll('-', ''), 'hex')];
    for (const part of ['items', 'failures', 'parked']) {
      await redis.rpush(
        `${base}request:r-1:${part}`,
        ...items.map((item) => Buffer.concat([Buffer.from('20004\tno\n'), Buffer.from(item)])),
      );
    }
    await redis.hset(`${base}request:r-1:payloads`, { 0: submission });
    await redis.hset(`${base}request:r-1:codes`, { 'failed 20004': 3, 'parked unknown': 1 });
    await redis.rpush(`${base}request:r-1:batches`, 'b-1');
    await redis.rpush(`${base}batch:b-1:items`, ...items);
    const shares = JSON.stringify([['r-1', 3]]);
    const record = {
      kind: 'deletion',
      size: 3,
      shares,
      attempts: 1,
      createdAt: Date.now(),
      state: 'settled',
      lastCode: '20004',
    };
    await redis.hset(`${base}batch:b-1`, record);
    const { requests } = dashboard.queues.of('resubmission');
    await requests.add('resubmit', { submissions: [submission] }, { jobId: 'r-2' });
    dashboard.records.add(
      requestView({ id: 'r-1', counts: { total: 5, pending: 1, failed: 3, parked: 1 } }),
      requestView({ id: 'r-2', kind: 'resubmission', counts: { total: 1, pending: 1 } }),
    );
    await dashboard.queues.of('deletion').requests.add('delete', { sessionIds: [sessionId] }, { jobId: 'r-1' });
    await new Announcements(redis, prefix).announce('a worker', [{ name: 'school-a', identity: 'a' }]);
    dashboard.records.announced = ['school-a'];
    const why = { consumer: 'school-a', reason: 'case 12' };
    await dashboard.holds.addLegalHold({ ...why, id: 'h-1', sessionIds: [sessionId] });
    await dashboard.holds.addLegalHold({ ...why, id: 'h-2', userId: learner });
  });

  afterAll(async () => await dashboard.stop());

  it('to viewers or admins, on any page of ours', async () => {
    for (const user of [viewer, admin]) {
      const who = await signedInVisitor(dashboard, user);
      for (const path of [
        '/',
        '/?consumer=school',
        '/requests?id=r-1',
        '/requests?id=r-2',
        '/charts.json',
        '/legal-holds',
        '/legal-hold?id=h-1',
        '/legal-hold?id=h-2',
        ...(user === admin ? ['/actions/lift-hold?id=h-1', '/actions/lift-hold?id=h-2'] : []),
        '/audit',
        '/audit.csv',
      ]) {
        const text = await (await who.get(path)).text();
        expect({ path, told: text.length > 20 }).toEqual({ path, told: true });
        expectNothingPrivate(path, text);
      }
      for (const path of ['/events', '/requests/events?id=r-1']) {
        const events = await PageEvents.open(who, path);
        const event = await events.next();
        expect(Object.keys(event?.data ?? {}).length).toBeGreaterThan(5);
        expectNothingPrivate(path, JSON.stringify(event));
        await events.close();
      }
    }
    expectNothingPrivate('the log', JSON.stringify(dashboard.log));
  });

  it('to whoever has typed them into a form that comes back, or that is sent', async () => {
    const who = await signedInVisitor(dashboard, admin);
    const ids = { sessions: sessionId, users: learner, activities: `${learner}-activity` };
    const selection = randomUUID();
    for (const [wrong, status] of [
      [{ reason: '' }, 400],
      [{ startedFrom: learner }, 400],
      [{ statuses: sessionId }, 400],
      [{}, 303],
    ] as const) {
      const answer = await who.act('/actions/select', { selection, consumer: 'school-a', ...ids, ...wrong });
      expect(answer.status).toBe(status);
      expectNothingPrivate('/actions/select', await answer.text());
    }
    for (const path of ['/audit', '/audit.csv']) {
      const text = await (await who.get(path)).text();
      expect({ path, told: text.includes(selection) }).toEqual({ path, told: true });
      expectNothingPrivate(path, text);
    }
    expectNothingPrivate('the log', JSON.stringify(dashboard.log));
  });

  it('though the request, its batch and its job are shown', async () => {
    const text = await (await (await signedInVisitor(dashboard, viewer)).get('/requests?id=r-1')).text();
    for (const shown of ['b-1', '3 failed', '1 parked', `/queues/queue/${queueNames.deletion.requests}/r-1`]) {
      expect(text).toContain(shown);
    }
  });

  function expectNothingPrivate(where: string, text: string): void {
    for (const item of [sessionId, learner, submission, sessionId.replaceAll('-', '')]) {
      expect({ where, holds: text.includes(item) }).toEqual({ where, holds: false });
    }
  }
});
