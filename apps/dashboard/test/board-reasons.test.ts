import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueNames } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

const { batches } = queueNames.deletion;

describe('A change by way of Bull Board', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, admin);
  });

  afterAll(async () => await dashboard.stop());

  it.each([undefined, '', 'no', '%E0%A4%A', 'x'.repeat(501)])(
    'is not made for the reason %p, and that is said',
    async (sent) => {
      const queue = dashboard.queues.of('deletion').batches;
      const headers = { accept: 'application/json', ...(sent !== undefined && { 'x-reason': sent }) };
      const answer = await visitor.call('PUT', `/queues/api/queues/${batches}/pause`, { headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ message: expect.stringContaining('Nothing was done') });
      expect(await queue.isPaused()).toBe(false);
    },
  );

  it('has its reason in the audit log, and not in the other log', async () => {
    await visitor.api('put', `/api/queues/${batches}/pause`, undefined, 'für Zoë: 漢字');
    await visitor.api('put', `/api/queues/${batches}/resume`);
    const { entries } = await dashboard.trail.page({}, { limit: 2 });
    expect(entries.map(({ action, reason }) => [action, reason])).toEqual([
      ['resume', 'ticket 4711'],
      ['pause', 'für Zoë: 漢字'],
    ]);
    expect(JSON.stringify(dashboard.log)).not.toContain('ticket 4711');
  });
});
