import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from '@jest/globals';
import type { ContextManager, JobsOptions, Queue } from 'bullmq';
import { RequestJobs } from '../../src/queues/request-jobs.ts';
import type { RequestView } from '../../src/requests/request.ts';

test('each of the jobs that are added together carries the trace of who asked for it', async () => {
  const active = new AsyncLocalStorage<string>();
  const contextManager = { active: () => active.getStore(), getMetadata: String } as unknown as ContextManager;
  const added: { opts: JobsOptions }[][] = [];
  const addBulk = (jobs: { opts: JobsOptions }[]) => Promise.resolve(added.push(jobs));
  const jobs = new RequestJobs({ opts: { telemetry: { contextManager } }, addBulk } as unknown as Queue);
  const view = (id: string) => ({ id, kind: 'deletion', consumer: 'north', counts: { total: 1 } }) as RequestView;
  await Promise.all(['one', 'two'].map((id) => active.run(`trace of ${id}`, () => jobs.add(view(id)))));
  expect(added).toHaveLength(1);
  expect(added[0]?.map(({ opts }) => opts.telemetry)).toEqual([
    { metadata: 'trace of one' },
    { metadata: 'trace of two' },
  ]);
});
