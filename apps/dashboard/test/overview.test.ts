import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueNames } from '@session-queue/core';
import { BusyConsumers, consumerKeys } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { fillQueue, jobIn } from './harness/jobs.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('The overview', () => {
  let dashboard: TestDashboard;
  let people: Record<'viewer' | 'admin', Visitor>;
  let release: () => Promise<void>;

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = { viewer: await signedInVisitor(dashboard, viewer), admin: await signedInVisitor(dashboard, admin) };
    ({ release } = await fillQueue(dashboard, dashboard.queues.of('deletion').requests));
    const { batches } = dashboard.queues.of('deletion');
    await batches.add('batch', { consumer: 'school-a' }, { jobId: 'b-1' });
    for (const id of ['b-2', 'b-3']) await batches.add('batch', {}, { jobId: id, delay: 86_400_000 });
  });

  afterAll(async () => {
    await release();
    await dashboard.stop();
  });

  async function page(who: Visitor = people.viewer): Promise<string> {
    const answer = await who.get('/');
    expect(answer.status).toBe(200);
    return await answer.text();
  }

  /** What a tile says, by the queue and the state that it leads to. */
  function tile(html: string, queue: string, status: string): { count: string; label: string } {
    const found = new RegExp(
      `href="/queues/queue/${queue}\\?status=${status}"[^>]*><strong>([^<]*)</strong> <span>([^<]*)</span>`,
    ).exec(html);
    return { count: found?.[1] ?? 'no tile', label: found?.[2] ?? 'no tile' };
  }

  it('counts requests and open batches of each kind as BullMQ has them', async () => {
    const html = await page();
    const { requests, batches } = queueNames.deletion;
    // One waits, one has a priority, a flow's child waits as well; one is at work, one delayed, a scheduler's run too.
    expect(tile(html, requests, 'waiting')).toEqual({ count: '3', label: 'Waiting' });
    expect(tile(html, requests, 'delayed')).toEqual({ count: '3', label: 'Processing' });
    expect(tile(html, requests, 'completed')).toEqual({ count: '1', label: 'Completed' });
    expect(tile(html, requests, 'failed')).toEqual({ count: '1', label: 'Failed' });
    expect(tile(html, batches, 'delayed')).toEqual({ count: '3', label: 'Open' });
    expect(tile(html, batches, 'completed')).toEqual({ count: '0', label: 'Completed' });
    expect(tile(html, batches, 'failed')).toEqual({ count: '0', label: 'With failures' });
    expect(tile(html, queueNames.resubmission.requests, 'waiting').count).toBe('0');
  });

  it('lists the latest requests with where their items are, newest first', async () => {
    dashboard.records.add(
      requestView({
        id: jobIn('failed'),
        state: 'failed',
        createdAt: '2026-03-01T09:00:00.000Z',
        counts: { total: 4, succeeded: 3, failed: 1 },
      }),
      requestView({
        id: jobIn('delayed'),
        state: 'processing',
        createdAt: '2026-03-01T10:00:00.000Z',
        counts: { total: 12_000, pending: 9_000, succeeded: 3_000 },
      }),
      requestView({ id: jobIn('waiting'), state: 'accepted', createdAt: '2026-03-01T11:00:00.000Z' }),
      requestView({ id: jobIn('prioritized'), state: 'accepted', createdAt: '2026-03-01T12:00:00.000Z' }),
    );
    const html = await page();
    const rows = [...html.matchAll(/<tr>\s*<td><a class="id" href="\/requests\?id=([^"]*)"(.*?)<\/tr>/gs)];
    expect(rows.map(([, id]) => id)).toEqual(['prioritized', 'waiting', 'delayed', 'failed'].map(jobIn));
    expect(rows[2]?.[2]).toContain('aria-label="Succeeded: 25 %, Waiting: 75 %"');
    expect(rows[2]?.[2]).toContain('12,000');
    expect(rows[3]?.[2]).toContain('<span class="pill bad">failed</span>');
  });

  it('lists a request whose job BullMQ numbered, by the id it was given at intake', async () => {
    const { requests } = dashboard.queues.of('resubmission');
    const job = await requests.add('resubmit', { consumer: 'school-a', submissions: ['AAAA'] }, { delay: 86_400_000 });
    expect(job.id).toMatch(/^\d+$/);
    dashboard.records.add(
      requestView({ id: 'given-at-intake', kind: 'resubmission', counts: { total: 1, pending: 1 } }),
    );
    expect(await page()).not.toContain('given-at-intake');
    await job.updateData({ request: 'given-at-intake', consumer: 'school-a', total: 1 });
    expect(await page()).toContain('href="/requests?id=given-at-intake"');
  });

  it('does not load what a plain job holds before its intake', async () => {
    const { requests } = dashboard.queues.of('resubmission');
    await requests.add('resubmit', { submissions: ['A'.repeat(2_000_000)] }, { delay: 86_400_000 });
    const before = await outputBytes(dashboard);
    await page();
    expect((await outputBytes(dashboard)) - before).toBeLessThan(200_000);
  });

  it('names the consumers that workers have announced, and says when there are none', async () => {
    expect(await page()).toContain('No worker has announced a consumer.');
    dashboard.records.announced = ['school-b', 'school-a'];
    expect(await page()).toContain('<li>school-a</li><li>school-b</li>');
  });

  it('says that deletions are stopped, and why', async () => {
    expect(await page()).not.toContain('is stopped');
    dashboard.stops.set('deletion', 'wrong <school>');
    expect(await page()).toContain(
      '<strong>Every deletion is stopped</strong> over all consumers: wrong &lt;school&gt;',
    );
    dashboard.stops.clear();
  });

  it('says of each kind which lanes a fault of their consumer has stopped, also of one that no worker knows', async () => {
    dashboard.records.announced = ['school-a', 'school-b'];
    await new BusyConsumers(dashboard.redis, dashboard.prefix).mark('school-c');
    expect(await page()).not.toContain('lane stopped:');
    for (const consumer of ['school-b', 'school-c']) {
      const { base } = consumerKeys(dashboard.redis, dashboard.prefix, consumer);
      const stop = { stopped: 'wrong <secret>', stoppedCode: '40001', stoppedAt: String(Date.UTC(2026, 2, 1, 9)) };
      await dashboard.redis.hset(`${base}resubmission:lane`, stop);
    }
    const [deletions, resubmissions] = (await page()).split('aria-labelledby="resubmission"');
    expect(deletions).toContain('<span class="pill good">running</span>');
    expect(deletions).not.toContain('lane stopped:');
    expect(resubmissions).toContain('<span class="pill bad">2 lanes stopped</span>');
    for (const consumer of ['school-b', 'school-c']) {
      expect(resubmissions).toContain(
        `<li title="since 2026-03-01 09:00:00 UTC"><strong>lane stopped:</strong> ${consumer}: 40001 wrong &lt;secret&gt;</li>`,
      );
      await dashboard.redis.del(`${consumerKeys(dashboard.redis, dashboard.prefix, consumer).base}resubmission:lane`);
    }
  });

  it('says which queue is paused', async () => {
    const { batches } = dashboard.queues.of('resubmission');
    await batches.pause();
    expect(await page()).toContain('<span class="pill warn">sending paused</span>');
    await batches.resume();
    expect(await page()).not.toContain('paused</span>');
  });

  it('offers its switches to admins only', async () => {
    expect(await page(people.admin)).toContain('Pause intake');
    expect(await page(people.viewer)).not.toContain('Pause intake');
  });

  it('keeps itself up to date, with and without scripts, and runs nothing inline', async () => {
    const answer = await people.viewer.get('/');
    const html = await answer.text();
    expect(html).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
    expect(html).toContain('<script src="/assets/refresh.js" defer></script>');
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on[a-z]+=/);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    for (const asset of ['refresh.js', 'dashboard.css', 'board.css', 'logo.svg']) {
      expect((await people.viewer.get(`/assets/${asset}`)).status).toBe(200);
    }
  });
});

async function outputBytes(dashboard: TestDashboard): Promise<number> {
  const stats = await dashboard.redis.info('stats');
  return Number(/total_net_output_bytes:(\d+)/.exec(stats)?.[1]);
}
