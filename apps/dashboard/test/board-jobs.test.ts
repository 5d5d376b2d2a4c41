import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Queue } from 'bullmq';
import { startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { fillQueue, jobIn, secret } from './harness/jobs.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('A job in Bull Board', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, viewer);
  });

  afterAll(async () => await dashboard.stop());

  /** A job as Bull Board's own page gets it. */
  async function seen(queue: Queue, id: string | undefined): Promise<Record<string, unknown>> {
    const answer = await visitor.api('get', `/api/queues/${queue.name}/${id}`);
    const { job } = (await answer.json()) as { job: Record<string, unknown> };
    return job;
  }

  async function record(batch: string, fields: Record<string, string | number>): Promise<void> {
    const kind = { kind: 'deletion', state: 'submitted', size: 50, shares: '[["r-1",30],["r-2",20]]' };
    await dashboard.redis.hset(`${dashboard.prefix}:{school-a}:batch:${batch}`, { ...kind, ...fields });
  }

  async function batch(id: string): Promise<Record<string, unknown>> {
    const queue = dashboard.queues.of('deletion').batches;
    const data = { consumer: 'school-a', items: 50, requests: ['r-1', 'r-2'] };
    await queue.add('batch', data, { jobId: id, delay: 86_400_000 });
    return await seen(queue, id);
  }

  it('shows what is known of it, and of its items how many (invariant 9)', async () => {
    const queue = dashboard.queues.of('deletion').requests;
    const { release } = await fillQueue(dashboard, queue);
    expect(await seen(queue, jobIn('completed'))).toMatchObject({
      id: jobIn('completed'),
      name: 'Deletion of school-a, not taken in yet',
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
    await release();
  });

  it('of a request is called by what was asked for, and leads to its page', async () => {
    const { deletion, resubmission } = {
      deletion: dashboard.queues.of('deletion').requests,
      resubmission: dashboard.queues.of('resubmission').requests,
    };
    await deletion.add('delete', { request: 'r-1', consumer: 'school-a', total: 1_200 }, { jobId: 'r-1' });
    await resubmission.add('resubmit', { request: 'r-2', consumer: 'school-a', total: 1 }, { jobId: 'r-2' });
    const numbered = await deletion.add('delete', { request: 'r-3', consumer: 'school-a', total: 2 });
    expect(await seen(deletion, 'r-1')).toMatchObject({ name: 'Delete 1,200 sessions of school-a' });
    expect(await seen(resubmission, 'r-2')).toMatchObject({ name: 'Send 1 failed submission of school-a again' });
    expect(await seen(deletion, numbered.id)).toMatchObject({
      externalUrl: { displayText: 'What became of it', href: '/requests?id=r-3' },
    });
  });

  it('of a batch is called by how far its record says it is, and leads to its requests', async () => {
    await record('b-1', { reference: 'job-77', attempts: 1 });
    expect(await batch('b-1')).toMatchObject({
      name: 'Batch of 50 of school-a, at Learnosity (job job-77)',
      externalUrl: { displayText: 'Its requests', href: '/batches?consumer=school-a&id=b-1' },
    });
    const stands: Record<string, Record<string, string | number>> = {
      'waits to be sent again': { state: 'ready' },
      'about to be sent': { state: 'claimed' },
      'being sent': { state: 'sending' },
      'its answer was lost, its job is looked for': { state: 'lost' },
      'split into 2 batches': { state: 'split', children: 'b-8 b-9' },
      'done (job job-78)': { state: 'settled', reference: 'job-78', succeeded: 50 },
      '3 failed, 2 parked (job job-79)': { state: 'settled', reference: 'job-79', failed: 3, parked: 2 },
    };
    for (const [index, [words, fields]] of Object.entries(stands).entries()) {
      await record(`b-2${index}`, fields);
      expect((await batch(`b-2${index}`)).name).toBe(`Batch of 50 of school-a, ${words}`);
    }
  });

  it('of a batch without a record, or with one of another kind, is called by its data', async () => {
    await record('b-31', { kind: 'resubmission' });
    expect((await batch('b-30')).name).toBe('Batch of 50 of school-a');
    expect((await batch('b-31')).name).toBe('Batch of 50 of school-a');
  });

  it('of a callback says what came of it, and never where to: the URL may hold a token', async () => {
    const { callbacks } = dashboard.queues;
    const data = { request: 'r-1', consumer: 'school-a', finishedAt: '2026-03-01T09:00:00.000Z' };
    await callbacks.add('callback', { ...data, callbackUrl: `https://${secret}` }, { jobId: 'callback_1' });
    expect(await seen(callbacks, 'callback_1')).toMatchObject({
      name: 'Callback of school-a',
      data: { ...data, otherFields: '1, not shown' },
      externalUrl: { displayText: 'Its request', href: '/requests?id=r-1' },
    });
  });

  it('of a rule says which, and whether it comes due or is a run; never what it selects', async () => {
    const { rules } = dashboard.queues;
    const moment = Date.UTC(2026, 2, 1);
    await rules.add(
      'run',
      { rule: 'three-years', moment, filter: { userIds: [secret] } },
      { jobId: `run_three-years_${moment}` },
    );
    await rules.upsertJobScheduler(
      'exams',
      { pattern: '0 3 * * SUN', tz: 'Europe/Berlin' },
      { data: { rule: 'exams' } },
    );
    await rules.upsertJobScheduler('odd', { pattern: '0 3 * * 7' }, { data: { rule: `${secret} ${secret}` } });
    const link = (rule: string) => ({ displayText: 'Its rule', href: `/rules/${rule}` });
    expect(await seen(rules, `run_three-years_${moment}`)).toMatchObject({
      name: 'Run of the rule three-years',
      data: { rule: 'three-years', moment, otherFields: '1, not shown' },
      externalUrl: link('three-years'),
    });
    const due = async (rule: string) => `repeat:${rule}:${(await rules.getJobScheduler(rule))?.next}`;
    const exams = { name: 'Rule exams comes due', data: { rule: 'exams' }, externalUrl: link('exams') };
    expect(await seen(rules, await due('exams'))).toMatchObject(exams);
    expect(await seen(rules, await due('odd'))).toMatchObject({
      name: 'Job',
      data: { otherFields: '1, not shown' },
      externalUrl: { displayText: 'Its rule', href: '/rules' },
    });
    const answer = await visitor.api('get', `/api/job-schedulers?queueName=${rules.name}`);
    const { schedulers } = (await answer.json()) as { schedulers: Record<string, unknown>[] };
    expect(schedulers).toContainEqual(
      expect.objectContaining({ id: 'exams', pattern: '0 3 * * SUN', name: 'not shown' }),
    );
  });

  it('shows where a plain job waits, and why one was refused', async () => {
    const queue = dashboard.queues.of('resubmission').requests;
    const job = await queue.add('resubmit', { consumer: 'school-z', refused: 'submissions: must be a list' });
    await job.updateProgress({ waitsFor: "a worker that knows the consumer 'school-z'" });
    expect(await seen(queue, job.id)).toMatchObject({
      name: 'Resubmission of school-z, refused',
      data: { consumer: 'school-z', refused: 'submissions: must be a list' },
      progress: { waitsFor: "a worker that knows the consumer 'school-z'" },
      externalUrl: { displayText: 'Not taken in yet', href: '/' },
    });
  });

  it('shows nothing of data that is no object', async () => {
    const queue = dashboard.queues.of('resubmission').requests;
    for (const [index, data] of [secret, [secret, secret], 7, true].entries()) {
      await queue.add('resubmit', data, { jobId: `odd-${index}` });
      const job = JSON.stringify(await seen(queue, `odd-${index}`));
      expect(job).not.toContain(secret);
      expect(job).toContain('not shown');
    }
  });

  it('stands in a queue that says what its jobs are, in the order of the work', async () => {
    const answer = await visitor.api('get', '/api/queues');
    const { queues } = (await answer.json()) as { queues: Record<string, string>[] };
    expect(queues.map(({ displayName, delimiter }) => [displayName, delimiter])).toEqual([
      ['Deletion requests', '.'],
      ['Deletion batches', '.'],
      ['Resubmission requests', '.'],
      ['Resubmission batches', '.'],
      ['Callbacks', ''],
      ['Retention rules', ''],
    ]);
    for (const { description } of queues) expect(description).toMatch(/a job (is|tells) .* It is delayed /);
  });
});
