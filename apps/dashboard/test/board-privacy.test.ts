import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Queue } from 'bullmq';
import { boardRoutes } from './harness/board-routes.ts';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { addForeignJobs, fillQueue, jobIn, secret } from './harness/jobs.ts';
import { signedInVisitor, Visitor } from './harness/visitor.ts';

leakGuard();

const left = ['waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed', 'parent', 'child'];
const states = [...left, 'failed-otherwise', 'no-json', 'nowhere'];
const tabs = ['latest', 'waiting', 'prioritized', 'active', 'delayed', 'completed', 'failed', 'waiting-children'];

/** What a visitor was told, in everything that an answer consists of. */
async function told(answer: Response): Promise<string> {
  return JSON.stringify([answer.statusText, [...answer.headers], await answer.text()]);
}

describe('Bull Board shows no item, whoever added a job and whatever its state (invariant 9)', () => {
  let dashboard: TestDashboard;
  let people: Record<string, Visitor>;
  const releases: (() => Promise<void>)[] = [];
  let filled: Queue[];

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = {
      nobody: new Visitor(dashboard),
      viewer: await signedInVisitor(dashboard, viewer),
      admin: await signedInVisitor(dashboard, admin),
    };
    const { queues } = dashboard;
    filled = [queues.of('deletion').requests, queues.of('resubmission').batches, queues.callbacks, queues.rules];
    for (const queue of filled) {
      releases.push((await fillQueue(dashboard, queue)).release);
      await addForeignJobs(dashboard, queue);
    }
  });

  afterAll(async () => {
    for (const release of releases) await release();
    await dashboard.stop();
  });

  const routes = boardRoutes().map(({ method, route }) => [method, route] as const);

  /** Paths that a route has: one for each queue, and for each job where it is about one. */
  function paths(route: string): string[] {
    return filled.flatMap((queue) => {
      const path = route.replace(':queueName', queue.name).replace(':queueStatus', 'failed');
      if (route === '/api/queues') {
        return tabs.map((tab) => `${path}?activeQueue=${queue.name}&status=${tab}&jobsPerPage=30`);
      }
      return path.includes(':jobId')
        ? states.map((state) => path.replace(':jobId', jobIn(state)))
        : [path.replace(':schedulerId', 'scheduler')];
    });
  }

  it('although it is there, and the rest is answered', async () => {
    const [queue] = filled;
    if (queue === undefined) throw new Error('no queue is filled');
    const read = async (path: string): Promise<unknown> => {
      const answer = await people.admin?.api('get', path);
      return { status: answer?.status, body: await answer?.json() };
    };
    const ok = (body: unknown) => ({ status: 200, body });
    const job = `/api/queues/${queue.name}/${jobIn('failed-otherwise')}`;
    expect(await read(`/api/queues/${queue.name}/${jobIn('failed')}/logs`)).toEqual(
      ok(['1 lines, not shown: Session Queue writes none']),
    );
    expect(await read(job)).toMatchObject(
      ok({
        status: 'failed',
        job: { isFailed: true, stacktrace: [], failedReason: 'not shown: it was not written by Session Queue' },
      }),
    );
    expect(await read(`/api/queues/${queue.name}/${jobIn('failed')}`)).toMatchObject(
      ok({ job: { failedReason: '2 of 2 items failed for good' } }),
    );
    expect(await read(`/api/job-schedulers?queueName=${queue.name}`)).toMatchObject(
      ok({ schedulers: [{ id: 'scheduler', name: 'not shown', pattern: '0 0 29 2 *', next: expect.any(Number) }] }),
    );
    expect(await read(`/api/queues/${queue.name}/${jobIn('no-json')}`)).toMatchObject(ok({ job: { data: null } }));
  });

  it.each(routes)('on %s %s, in an answer or an error, to anybody', async (method, route) => {
    for (const [role, visitor] of Object.entries(people)) {
      for (const path of paths(route)) {
        const answer = await told(await visitor.api(method, path));
        expect({ role, path, secrets: answer.split(secret).length - 1 }).toEqual({ role, path, secrets: 0 });
      }
    }
  });

  it('nor the name of a worker, which whoever starts it may choose', async () => {
    const [queue] = filled;
    const raw = await queue?.getWorkers();
    expect(JSON.stringify(raw)).toContain(secret);
    const answer = await people.admin?.api('get', `/api/queues/${queue?.name}/workers`);
    expect(await answer?.json()).toMatchObject({ workers: [{ name: null }] });
  });

  it('on any page of it, nor on the overview, nor in the log', async () => {
    const pages = filled.map(({ name }) => `/queues/queue/${name}/x`);
    for (const path of ['/', '/queues/', '/queues/job-schedulers', ...pages]) {
      const answer = await people.admin?.get(path);
      expect({ path, status: answer?.status }).toEqual({ path, status: 200 });
      expect(await answer?.text()).not.toContain(secret);
    }
    expect(JSON.stringify(dashboard.log)).not.toContain(secret);
  });

  it('when BullMQ itself cannot read a job, and says so with a piece of it', async () => {
    const queue = dashboard.queues.of('deletion').batches;
    await queue.add('batch', {}, { jobId: 'unreadable' });
    await dashboard.redis.hset(queue.toKey('unreadable'), { opts: `${secret} is no JSON` });
    await expect(queue.getJob('unreadable')).rejects.toThrow(secret);
    for (const path of [`/${queue.name}/unreadable`, `?activeQueue=${queue.name}&status=latest`]) {
      const answer = await people.admin?.api('get', `/api/queues${path}`);
      expect(answer?.status).toBe(500);
      const body = await answer?.text();
      expect(body).not.toContain(secret);
      expect(body).toContain('Bull Board could not answer this');
    }
    await dashboard.redis.del(queue.toKey('unreadable'));
  });
});
