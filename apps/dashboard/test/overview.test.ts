import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kind, kinds, queueNames } from '@session-queue/core';
import { BusyConsumers, consumerKeys } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { giveFigures, giveToday } from './harness/figures.ts';
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

  /** What a tile of a kind says, by its label. */
  function tiles(html: string, kind: Kind): Record<string, string | undefined> {
    const card = html.split(`aria-labelledby="${kind}"`)[1]?.split('</section>')[0] ?? '';
    const found = card.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g);
    return Object.fromEntries([...found].map(([, label, value]) => [label, value]));
  }

  it('counts the items of each kind over all consumers, and leads to its queues', async () => {
    await giveFigures(dashboard, 'school-a', {
      'deletion:pending': 1_200,
      'deletion:claimed': 50,
      'deletion:submitted': 7,
    });
    await giveFigures(dashboard, 'school-b', { 'deletion:pending': 3, 'resubmission:parked': 4 });
    await giveToday(dashboard, 'school-b', { 'deletion:succeeded': 2_000, 'deletion:failed': 9 });
    const html = await page();
    const none = { Pending: '0', 'In flight': '0', Parked: '0', 'Done today': '0', 'Failed today': '0' };
    expect(tiles(html, 'deletion')).toEqual({
      ...none,
      Pending: '1,203',
      'In flight': '57',
      'Done today': '2,000',
      'Failed today': '9',
    });
    expect(tiles(html, 'resubmission')).toEqual({ ...none, Parked: '4' });
    for (const kind of kinds) {
      expect(html).toContain(`href="/queues/queue/${queueNames[kind].requests}?status=latest"`);
      expect(html).toContain(`href="/queues/queue/${queueNames[kind].batches}?status=latest"`);
    }
  });

  it('tells how the verification of deletions stands, of consumers of which anything was deleted', async () => {
    expect(await page()).not.toContain('Verification of deletions');
    const { redis, prefix } = dashboard;
    await redis.hset(`${consumerKeys(redis, prefix, 'school-b').base}verification`, {
      verified: 1_500,
      stillThere: 2,
      stillThereAt: Date.now() - 60_000,
    });
    const html = await page();
    expect(html).toContain('Verification of deletions');
    expect(html).toContain('Learnosity still shows deleted sessions of school-b');
    expect(html).toMatch(/data-label="Verified">1,500</);
    expect(html).not.toMatch(/id="verification-title"[\s\S]*<span class="name">school-a<[\s\S]*id="charts-title"/);
    await redis.del(`${consumerKeys(redis, prefix, 'school-b').base}verification`);
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
    const rows = [
      ...html.matchAll(/<tr>\s*<td data-label="Request"><a class="id" href="\/requests\?id=([^"]*)"(.*?)<\/tr>/gs),
    ];
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

  it('says that a kind is stopped, by whom and why, and how to start it', async () => {
    expect(await page()).not.toContain('is stopped');
    dashboard.stops.set('resubmission', 'wrong <school>');
    const html = await page();
    expect(html).toContain('<h3>Every resubmission is stopped</h3>');
    expect(html).toContain('since 2026-03-01 09:00:00 UTC by ada: wrong &lt;school&gt;');
    expect(html).toContain('session-queue start --kind resubmission');
    dashboard.stops.clear();
  });

  it('says which lanes a fault of their consumer has stopped, also of one that no worker knows', async () => {
    dashboard.records.announced = ['school-a', 'school-b'];
    await new BusyConsumers(dashboard.redis, dashboard.prefix).mark('school-c');
    expect(await page()).not.toContain('is stopped');
    for (const consumer of ['school-b', 'school-c']) {
      const { base } = consumerKeys(dashboard.redis, dashboard.prefix, consumer);
      const stop = { stopped: 'wrong <secret>', stoppedCode: '41003', stoppedAt: String(Date.UTC(2026, 2, 1, 9)) };
      await dashboard.redis.hset(`${base}resubmission:lane`, stop);
    }
    const html = await page();
    for (const consumer of ['school-b', 'school-c']) {
      expect(html).toContain(`<h3>The lane for resubmissions of ${consumer} is stopped</h3>`);
      await dashboard.redis.del(`${consumerKeys(dashboard.redis, dashboard.prefix, consumer).base}resubmission:lane`);
    }
    expect(html).toContain('Since 2026-03-01 09:00:00 UTC');
    expect(html).toContain('wrong &lt;secret&gt; (41003). The signature does not fit');
    expect(html).toContain('Mend the credentials of this consumer');
  });

  it('tells the workers, the living and the lost, and that nothing is sent without one', async () => {
    expect(await page()).toContain('<strong class="bad">No worker is alive</strong>');
    const now = Date.now();
    const sign = { host: 'node-<1>', pid: 7, version: '1.2.3', node: 'v20', startedAt: '2026-03-01T09:00:00.000Z' };
    const key = `{${dashboard.prefix}}:workers`;
    await dashboard.redis.hset(key, 'one', `${now} ${now + 30_000} ${JSON.stringify(sign)}`);
    await dashboard.redis.hset(
      key,
      'two',
      `${now - 90_000} ${now - 60_000} ${JSON.stringify({ ...sign, host: 'gone-1' })}`,
    );
    const html = await page();
    expect(html).not.toContain('No worker is alive');
    expect(html).toContain('node-&lt;1&gt;');
    expect(html).toContain('<td data-label="Version">1.2.3</td>');
    expect(html).toContain('1 worker ended without taking leave');
    await dashboard.redis.del(key);
  });

  it('says which queue is paused', async () => {
    const { batches } = dashboard.queues.of('resubmission');
    await batches.pause();
    expect(await page()).toContain('<span class="pill warn">sending paused</span>');
    expect(await page()).toContain('<h3>Sending of resubmissions is paused</h3>');
    await batches.resume();
    expect(await page()).not.toContain('paused</span>');
  });

  it('offers its switches to those who may use them', async () => {
    expect(await page(people.admin)).toContain('Pause intake');
    expect(await page(people.viewer)).not.toContain('Pause intake');
    expect(await page(people.admin)).toContain('Stop all deletions');
  });

  it('keeps itself up to date, with and without scripts, and runs nothing inline', async () => {
    const answer = await people.viewer.get('/');
    const html = await answer.text();
    expect(html).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
    expect(html).toContain('<script src="/assets/live.js" defer></script>');
    expect(html).toContain('data-events="/events"');
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on[a-z]+=/);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    for (const asset of ['live.js', 'charts.js', 'uplot/uPlot.iife.min.js', 'dashboard.css', 'board.css', 'logo.svg']) {
      expect((await people.viewer.get(`/assets/${asset}`)).status).toBe(200);
    }
  });
});

async function outputBytes(dashboard: TestDashboard): Promise<number> {
  const stats = await dashboard.redis.info('stats');
  return Number(/total_net_output_bytes:(\d+)/.exec(stats)?.[1]);
}
