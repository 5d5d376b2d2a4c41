import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueNames } from '@session-queue/core';
import { Announcements, consumerKeys, requestKey } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('What became of a request', () => {
  let dashboard: TestDashboard;
  let people: Record<'viewer' | 'admin', Visitor>;

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = { viewer: await signedInVisitor(dashboard, viewer), admin: await signedInVisitor(dashboard, admin) };
    dashboard.records.add(
      requestView({
        id: 'r-1',
        state: 'failed',
        finishedAt: '2026-03-01T09:02:05.000Z',
        reason: 'ticket <b>4711</b>',
        requestedBy: 'crm',
        counts: { total: 1_000, duplicates: 3, succeeded: 700, absent: 12, failed: 200, parked: 50, pending: 50 },
      }),
      requestView({ id: 'refused', state: 'failed', error: 'the list is empty', counts: { total: 5, failed: 5 } }),
      requestView({
        id: 'waiting',
        counts: { total: 2, pending: 2 },
        laneStopped: { code: '40001', message: 'the signature is wrong', since: '2026-03-01T09:01:00.000Z' },
        allStopped: 'wrong school',
      }),
      requestView({
        id: 'verified',
        state: 'completed',
        counts: { total: 9, succeeded: 9 },
        verification: { state: 'done', waiting: 0, verified: 5, unverifiable: 1, stillThere: 2, reappeared: 1 },
      }),
      requestView({ id: 'odd/id?&#"', state: 'completed', counts: { total: 1, succeeded: 1 } }),
    );
    await dashboard.queues.of('deletion').requests.add('delete', { request: 'r-1' }, { jobId: 'r-1' });
  });

  afterAll(async () => await dashboard.stop());

  async function page(id: string, who: Visitor = people.viewer): Promise<string> {
    const answer = await who.get(`/requests?id=${encodeURIComponent(id)}`);
    expect({ id, status: answer.status }).toEqual({ id, status: 200 });
    return await answer.text();
  }

  it('is told with its counts, as a bar and in numbers that add up', async () => {
    const html = await page('r-1');
    expect(html).toContain('Deletion of 1,000 items');
    const numbers = [
      ...html.matchAll(/<th scope="row">(?:<svg.*?<\/svg>)?(\w[\w ]*)\s[\s\S]*?<td class="number">([\d,]+)</g),
    ];
    const told = Object.fromEntries(numbers.map(([, label, number]) => [label?.trim(), number]));
    expect(told).toEqual({
      Succeeded: '700',
      Failed: '200',
      Cancelled: '0',
      Parked: '50',
      'At Learnosity': '0',
      'In a batch': '0',
      Waiting: '50',
      Total: '1,000',
    });
    const widths = [...html.matchAll(/<rect class="part \w+" x="[\d.]+" y="0" width="([\d.]+)"/g)];
    expect(widths.map(([, width]) => Number(width))).toEqual([700, 200, 50, 50]);
    expect(html).toContain('12 of them were gone already');
    expect(html).toContain('3 duplicates left out');
  });

  it('is told with who asked, why and for how long, and nothing of that runs', async () => {
    const html = await page('r-1');
    expect(html).toContain('ticket &lt;b&gt;4711&lt;/b&gt;');
    expect(html).toContain('crm');
    expect(html).toContain('2026-03-01 09:02:05 UTC</time>, after 2 minutes');
  });

  it('is told with what is verified, and what Learnosity shows although it was deleted', async () => {
    const html = await page('verified');
    expect(html).toContain('<dt>Verification</dt><dd>5 sessions verified, 1 unverifiable</dd>');
    expect(html).toContain('2 sessions still there:');
    expect(html).toContain('1 session back again:');
    expect(await page('r-1')).not.toContain('Verification');
  });

  it('leads to its job in Bull Board while there is one, and always to its queue', async () => {
    const queue = `/queues/queue/${queueNames.deletion.requests}`;
    const html = await page('r-1');
    expect(html).toContain(`href="${queue}/r-1"`);
    expect(html).toContain(`href="${queue}?status=latest"`);
    expect(await page('waiting')).not.toContain(`href="${queue}/waiting"`);
  });

  it('leads to its job as well where BullMQ numbered that', async () => {
    const job = await dashboard.queues.of('deletion').requests.add('delete', { request: 'numbered' });
    dashboard.records.add(requestView({ id: 'numbered' }));
    const keys = consumerKeys(dashboard.redis, dashboard.prefix, 'school-a');
    await dashboard.redis.hset(requestKey(keys, 'numbered'), 'job', job.id ?? '');
    expect(await page('numbered')).toContain(`href="/queues/queue/${queueNames.deletion.requests}/${job.id}"`);
  });

  it('says what holds it up', async () => {
    const html = await page('waiting');
    expect(html).toContain(
      '<strong>Its lane is stopped</strong> since 2026-03-01 09:01:00 UTC: the signature is wrong (40001)',
    );
    expect(html).toContain('<span class="remedy">Mend the credentials of this consumer');
    expect(await page('r-1')).toContain('<strong>50 items parked:</strong>');
    expect(await page('refused')).toContain('<strong>Refused:</strong> the list is empty. Nothing was sent.');
  });

  it('says that no worker can send it: none is alive, or none has the credentials of its consumer', async () => {
    const { redis, prefix } = dashboard;
    const announcements = new Announcements(redis, prefix);
    const lacks = async () =>
      [...(await page('waiting')).matchAll(/<strong>(No worker[^<]*):<\/strong>/g)].map(([, what]) => what);
    expect(await lacks()).toEqual(['No worker is alive']);
    expect(await page('waiting')).toContain('Start a worker.');
    await announcements.announce('w', [{ name: 'another', identity: 'i-1' }]);
    expect(await lacks()).toEqual(['No worker knows school-a']);
    expect(await page('waiting')).toContain('CONSUMERS_FILE');
    await announcements.announce('v', [{ name: 'school-a', identity: 'i-2' }]);
    expect(await lacks()).toEqual([]);
    expect(await page('refused')).not.toContain('No worker');
  });

  it('says that intake is paused of what was not taken in yet, and of nothing else', async () => {
    const { requests } = dashboard.queues.of('deletion');
    dashboard.records.add(requestView({ id: 'not-yet', state: 'accepted', counts: { total: 1, pending: 1 } }));
    dashboard.records.add(requestView({ id: 'at-work', state: 'processing', counts: { total: 1, pending: 1 } }));
    const words = '<strong>Intake of deletions is paused:</strong> it waits';
    await requests.pause();
    expect(await page('not-yet')).toContain(words);
    expect(await page('at-work')).not.toContain('is paused');
    await requests.resume();
    expect(await page('not-yet')).not.toContain(words);
  });

  it('tells those that failed apart from those that are done well', async () => {
    expect(await page('r-1')).toContain('900 of 1,000 items done (90 %), 200 of them failed');
  });

  it('says of the kind that it is of, and of no other, that all of it is stopped', async () => {
    dashboard.records.add(requestView({ id: 'again', kind: 'resubmission', counts: { total: 1, pending: 1 } }));
    dashboard.stops.set('resubmission', 'wrong <school>');
    const stopped =
      '<strong>All resubmissions are stopped</strong> since 2026-03-01 09:00:00 UTC by ada: wrong &lt;school&gt;.';
    expect(await page('again')).toContain(stopped);
    expect(await page('again')).not.toContain('deletions');
    expect(await page('waiting')).not.toContain('are stopped</strong>');
    dashboard.stops.clear();
  });

  it('tells its batches and its failures by code, with what they mean and what to do', async () => {
    const { base } = consumerKeys(dashboard.redis, dashboard.prefix, 'school-a');
    const codes = { 'failed 20004': 150, 'failed <odd>': 50, 'parked unknown': 50 };
    await dashboard.redis.hset(`${base}request:r-1:codes`, codes);
    await dashboard.redis.rpush(`${base}request:r-1:batches`, 'b-1', 'b-2', 'b-gone');
    const shares = JSON.stringify([
      ['r-1', 20],
      ['other', 30],
    ]);
    const record = { kind: 'deletion', size: 50, shares, attempts: 2, createdAt: Date.UTC(2026, 2, 1, 9) };
    await dashboard.redis.hset(`${base}batch:b-1`, {
      ...record,
      state: 'settled',
      lastCode: '20004',
      settledAt: Date.UTC(2026, 2, 1, 10),
    });
    await dashboard.redis.hset(`${base}batch:b-2`, { ...record, state: 'submitted', reference: 'job-<7>' });
    const html = await page('r-1');
    const rows = [
      ...html.matchAll(
        /<tr>\s*<th scope="row" data-label="Batch"><a class="id long" href="\/batches[^"]*" title="([^"]*)"(.*?)<\/tr>/gs,
      ),
    ];
    expect(rows.map(([, id]) => id)).toEqual(['b-2', 'b-1']);
    expect(rows[0]?.[2]).toContain('job-&lt;7&gt;');
    expect(rows[0]?.[2]).toContain('20 <small>of 50</small>');
    expect(rows[0]?.[2]).toContain('at Learnosity</span>');
    expect(rows[1]?.[2]).toContain('<td data-label="Last code">20004</td>');
    expect(rows[1]?.[2]).toContain('title="2026-03-01 10:00:00 UTC"');
    expect(html).toContain('150 failed</span>');
    expect(html).toContain('A value was none that Learnosity takes.');
    expect(html).toContain('50 parked</span>');
    expect(html).toContain('&lt;odd&gt;');
  });

  it('names who is called back without the rest of the address, which may hold a secret', async () => {
    const callbackUrl = 'https://lms.example/hook/S3CR3T?token=S3CR3T';
    const callback = { state: 'failed', attempts: 3, at: '2026-03-01T09:10:00.000Z' } as const;
    dashboard.records.add(requestView({ id: 'called', state: 'completed', callbackUrl, callback }));
    const html = await page('called');
    expect(html).toContain(
      'to lms.example: failed, and not tried any more (3 attempts, the last one 2026-03-01 09:10:00 UTC)',
    );
    expect(html).not.toContain('S3CR3T');
  });

  it('is found by any id that a request can have', async () => {
    expect(await page('odd/id?&#"')).toContain('odd/id?&amp;#&quot;');
  });

  it('is a 404 with a reason for an id that nobody knows', async () => {
    const answer = await people.viewer.get('/requests?id=unknown');
    expect(answer.status).toBe(404);
    const reasons =
      'No request has this id: it was never accepted, waits for a worker that knows its consumer (a plain BullMQ job), or its record has aged out.';
    expect(await answer.text()).toContain(reasons);
    expect((await people.viewer.get(`/requests?id=${'x'.repeat(300)}`)).status).toBe(404);
    expect((await people.viewer.get('/requests')).headers.get('location')).toBe('/');
  });
});
