import { appRoutes } from '@bull-board/api/dist/routes.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queueNames } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import type { Queue } from 'bullmq';
import { admin, startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { fillQueue, jobIn, secret } from './harness/jobs.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

const states = ['waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed', 'parent', 'child'];
const tabs = ['latest', 'waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed', 'waiting-children'];

describe('Bull Board shows no item, whoever added a job and whatever its state (invariant 9)', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;
  const releases: (() => Promise<void>)[] = [];
  let filled: Queue[];

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, admin);
    filled = [dashboard.queues.of('deletion').requests, dashboard.queues.of('resubmission').batches];
    for (const queue of filled) releases.push((await fillQueue(dashboard, queue)).release);
  });

  afterAll(async () => {
    for (const release of releases) await release();
    await dashboard.stop();
  });

  const reads = appRoutes.api.filter(({ method }) => method === 'get').map(({ route }) => String(route));

  it.each(reads)('on GET %s', async (route) => {
    for (const queue of filled) {
      for (const state of route.includes(':jobId') ? states : ['any']) {
        const path = route.replace(':queueName', queue.name).replace(':jobId', jobIn(state));
        for (const tab of route === '/api/queues' ? tabs : ['any']) {
          const query = route === '/api/queues' ? `?activeQueue=${queue.name}&status=${tab}&jobsPerPage=20` : '';
          const answer = await visitor.api('get', `${path}${query}`);
          const body = await answer.text();
          expect({ path, tab, status: answer.status }).toEqual({ path, tab, status: 200 });
          expect({ path, tab, secrets: body.split(secret).length - 1 }).toEqual({ path, tab, secrets: 0 });
        }
      }
    }
  });

  it('on any page of it, nor on the overview', async () => {
    for (const path of ['/', '/queues/', '/queues/job-schedulers', `/queues/queue/${queueNames.deletion.requests}/x`]) {
      const answer = await visitor.get(path);
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      expect(await answer.text()).not.toContain(secret);
    }
  });

  it('but what is known of a job, and of its items how many', async () => {
    const answer = await visitor.api('get', `/api/queues/${queueNames.deletion.requests}/${jobIn('completed')}`);
    const { job, status } = (await answer.json()) as { job: Record<string, unknown>; status: string };
    expect(status).toBe('completed');
    expect(job).toMatchObject({
      id: jobIn('completed'),
      name: 'name not shown',
      data: {
        consumer: 'school-a',
        reason: 'erase completed',
        sessionIds: '2, not shown',
        submissions: '1, not shown',
        otherFields: '3, not shown',
      },
      progress: { progress: 50, total: 2, succeeded: 1, otherFields: '1, not shown' },
      returnValue: { total: 2, succeeded: 2, items: '1, not shown', otherFields: '1, not shown' },
      opts: { attempts: 1 },
      externalUrl: { displayText: 'What became of it', href: `/requests?id=${jobIn('completed')}` },
    });
  });

  it('and the names of jobs that are in use', async () => {
    const queue = dashboard.queues.of('resubmission').requests;
    await queue.add('resubmit', { request: 'r-1', consumer: 'school-a', total: 3 }, { jobId: 'r-1' });
    const answer = await visitor.api('get', `/api/queues/${queue.name}/r-1`);
    expect(await answer.json()).toMatchObject({
      job: { name: 'resubmit', data: { request: 'r-1', consumer: 'school-a', total: 3 } },
    });
  });

  it('and of a batch which requests it serves and how it ended, as workers write it', async () => {
    const queue = dashboard.queues.of('resubmission').batches;
    const data = { consumer: 'school-a', items: 50, requests: ['r-1', 'r-2'], ignoreResponseRevisions: true };
    await queue.add('batch', data, { jobId: 'b-1', delay: 86_400_000 });
    const answer = await visitor.api('get', `/api/queues/${queue.name}/b-1`);
    const { job } = (await answer.json()) as { job: Record<string, unknown> };
    expect([job.name, job.data, job.externalUrl]).toEqual(['batch', data, undefined]);
  });

  it('and where a plain job waits, and why one was refused', async () => {
    const queue = dashboard.queues.of('resubmission').requests;
    const job = await queue.add('resubmit', { consumer: 'school-z', refused: 'submissions: must be a list' });
    await job.updateProgress({ waitsFor: "a worker that knows the consumer 'school-z'" });
    const answer = await visitor.api('get', `/api/queues/${queue.name}/${job.id}`);
    expect(await answer.json()).toMatchObject({
      job: {
        data: { consumer: 'school-z', refused: 'submissions: must be a list' },
        progress: { waitsFor: "a worker that knows the consumer 'school-z'" },
        externalUrl: { displayText: 'Not taken in yet', href: '/' },
      },
    });
  });

  it('and of data that is no object, nothing', async () => {
    const queue = dashboard.queues.of('resubmission').requests;
    for (const [index, data] of [secret, [secret, secret], 7, true].entries()) {
      const id = `odd-${index}`;
      await queue.add('resubmit', data, { jobId: id });
      const body = await (await visitor.api('get', `/api/queues/${queue.name}/${id}`)).text();
      expect(body).not.toContain(secret);
      expect(body).toContain('not shown');
    }
  });
});
