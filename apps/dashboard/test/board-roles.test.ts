import { appRoutes, buildHistoryRoutes } from '@bull-board/api/dist/routes.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callbackQueueName, queueNames, ruleQueueName } from '@session-queue/core';
import { auditKey } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { leastRoles } from '../src/actions/least-roles.ts';
import { permitted } from '../src/board/permitted-routes.ts';
import { startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { fillQueue, jobIn } from './harness/jobs.ts';
import { type People, signedInPeople, type Visitor } from './harness/visitor.ts';

leakGuard();

const requests = queueNames.deletion.requests;
const batches = queueNames.deletion.batches;

/** Every route of Bull Board's API as of the pinned version, and who may use it. A new one is looked at before it gets in. */
const routes = {
  'get /api/redis/stats': 'admin',
  'get /api/queues': 'read',
  'get /api/job-schedulers': 'read',
  'get /api/queues/:queueName/metrics': 'read',
  'get /api/queues/:queueName/default-job-options': 'read',
  'get /api/queues/:queueName/workers': 'read',
  'get /api/queues/:queueName/rate-limit': 'read',
  'get /api/queues/:queueName/job-data-schema': 'read',
  'get /api/queues/:queueName/:jobId/logs': 'read',
  'get /api/queues/:queueName/:jobId/flow': 'read',
  'get /api/queues/:queueName/:jobId': 'read',
  'put /api/queues/:queueName/pause': 'operator',
  'put /api/queues/:queueName/resume': 'operator',
  'put /api/queues/:queueName/:jobId/retry': 'operator',
  'put /api/queues/pause': 'nobody',
  'put /api/queues/resume': 'nobody',
  'post /api/queues/:queueName/add': 'nobody',
  'put /api/queues/:queueName/retry/:queueStatus': 'nobody',
  'put /api/queues/:queueName/promote': 'nobody',
  'put /api/queues/:queueName/clean/:queueStatus': 'nobody',
  'put /api/queues/:queueName/concurrency': 'nobody',
  'put /api/queues/:queueName/rate-limit': 'nobody',
  'put /api/queues/:queueName/rate-limit/release': 'nobody',
  'put /api/queues/:queueName/empty': 'nobody',
  'put /api/queues/:queueName/obliterate': 'nobody',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/remove': 'nobody',
  'patch /api/queues/:queueName/job-schedulers/:schedulerId': 'nobody',
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': 'nobody',
  'put /api/queues/:queueName/:jobId/clean': 'nobody',
  'put /api/queues/:queueName/:jobId/promote': 'nobody',
  'patch /api/queues/:queueName/:jobId/update-data': 'nobody',
  'patch /api/queues/:queueName/:jobId/delay': 'nobody',
  'patch /api/queues/:queueName/:jobId/priority': 'nobody',
  'put /api/queues/:queueName/:jobId/remove-unprocessed-children': 'nobody',
  'get /api/metrics/history': 'nobody',
  'get /api/metrics/history/usage': 'nobody',
  'post /api/metrics/history/purge': 'nobody',
  'get /api/metrics/latency': 'nobody',
} as const;

/** A body that each route would accept, so that nothing but the role is in the way. */
const bodies: Readonly<Record<string, object>> = {
  '/api/queues/:queueName/add': { name: 'delete', data: { consumer: 'x', sessionIds: ['a'] }, options: {} },
  '/api/queues/:queueName/concurrency': { concurrency: 1 },
  '/api/queues/:queueName/rate-limit': { max: 1, duration: 1000 },
  '/api/queues/:queueName/obliterate': { force: true },
  '/api/queues/:queueName/job-schedulers/:schedulerId': { every: 1000 },
  '/api/queues/:queueName/:jobId/update-data': { jobData: { consumer: 'x' } },
  '/api/queues/:queueName/:jobId/delay': { runAt: Date.now() + 1000 },
  '/api/queues/:queueName/:jobId/priority': { priority: 1 },
};

function routesInItsCode(): { method: string; route: string }[] {
  const provider = {
    getHistory: async () => [],
    getLatency: async () => [],
    getUsage: async () => ({ bytes: 0, queues: [], tiers: [] }) as never,
    purge: async () => ({}) as never,
  };
  const history = buildHistoryRoutes(provider, { hasUsage: true, canPurge: true, hasLatency: true });
  return [...appRoutes.api, ...history].flatMap(({ method, route }) =>
    [method].flat().flatMap((verb) => [route].flat().map((path) => ({ method: verb, route: path }))),
  );
}

function path(route: string, { queue, job }: { queue: string; job: string }): string {
  return route
    .replace(':queueName', queue)
    .replace(':jobId', jobIn(job))
    .replace(':queueStatus', 'failed')
    .replace(':schedulerId', 'scheduler');
}

describe("Bull Board's routes", () => {
  it('are all known here: a route that a later version adds fails this test', () => {
    const found = routesInItsCode().map(({ method, route }) => `${method} ${route}`);
    expect(found.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it('are allowed by a list of what is allowed, and what is not listed is refused', () => {
    for (const [key, who] of Object.entries(routes)) {
      const [method = '', route = ''] = key.split(' ');
      const use = permitted(method, route);
      expect({ key, use: use === undefined ? 'nobody' : use === 'read' ? 'read' : leastRoles[use] }).toEqual({
        key,
        use: who,
      });
    }
    expect(permitted('put', '/api/queues/:queueName/something-new')).toBeUndefined();
    expect(permitted('post', '/api/queues')).toBeUndefined();
  });
});

describe('Bull Board, signed in', () => {
  let dashboard: TestDashboard;
  let people: People;
  const releases: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = await signedInPeople(dashboard);
    for (const queue of [dashboard.queues.of('deletion').requests, dashboard.queues.of('deletion').batches]) {
      releases.push((await fillQueue(dashboard, queue)).release);
    }
  });

  afterAll(async () => {
    for (const release of releases) await release();
    await dashboard.stop();
  });

  beforeEach(() => {
    dashboard.log.length = 0;
  });

  /** Everything that the four queues hold, so that any change shows. */
  async function everything(): Promise<Record<string, string>> {
    const keys = await dashboard.redis.keys(`{${dashboard.prefix}}:*`);
    const held: Record<string, string> = {};
    for (const key of keys.toSorted()) {
      // Locks and stall checks of the worker that holds the active job tick by themselves.
      // What is refused is noted in the audit log.
      if (key.endsWith(':audit')) continue;
      if (key.endsWith(':lock') || key.endsWith(':stalled-check') || key.endsWith(':stalled')) continue;
      held[key] = (await dashboard.redis.dumpBuffer(key))?.toString('base64') ?? '';
    }
    return held;
  }

  const forbidden = Object.entries(routes).filter(([key, who]) => who === 'nobody' && !key.includes('/api/metrics/'));

  it.each(forbidden.map(([key]) => key))('refuses %s to everybody, and nothing changes', async (key) => {
    const [method = '', route = ''] = key.split(' ');
    const before = await everything();
    for (const role of ['admin', 'operator', 'viewer'] as const) {
      for (const queue of [requests, batches]) {
        for (const job of ['failed', 'completed', 'delayed', 'waiting', 'prioritized', 'parent', 'nothing']) {
          const answer = await people[role].api(method, path(route, { queue, job }), bodies[route]);
          expect({ role, queue, job, status: answer.status }).toEqual({ role, queue, job, status: 403 });
          if (!route.includes(':jobId')) break;
        }
      }
    }
    expect(await everything()).toEqual(before);
    expect(dashboard.log).toContainEqual(
      expect.objectContaining({ audit: true, who: 'ada', outcome: 'refused', action: `${method} ${route}` }),
    );
  });

  it('is read only for viewers', async () => {
    const before = await everything();
    for (const [key, who] of Object.entries(routes)) {
      if (who !== 'admin' && who !== 'operator') continue;
      const [method = '', route = ''] = key.split(' ');
      const answer = await people.viewer.api(method, path(route, { queue: requests, job: 'failed' }));
      expect({ key, status: answer.status }).toEqual({ key, status: 403 });
    }
    expect(await everything()).toEqual(before);
  });

  it('tells its page what each role may do, so that it offers viewers nothing', async () => {
    const offers = async (who: Visitor) => {
      const { queues } = (await (await who.api('get', '/api/queues')).json()) as { queues: Record<string, unknown>[] };
      return queues.map(({ name, readOnlyMode, allowRetries, allowCompletedRetries }) => ({
        name,
        readOnlyMode,
        allowRetries,
        allowCompletedRetries,
      }));
    };
    const rest = { readOnlyMode: true, allowRetries: false, allowCompletedRetries: false };
    const names = [
      ...Object.values(queueNames).flatMap((of) => [of.requests, of.batches]),
      callbackQueueName,
      ruleQueueName,
    ];
    expect(await offers(people.viewer)).toEqual(names.map((name) => ({ name, ...rest })));
    for (const who of [people.operator, people.admin]) {
      expect(await offers(who)).toEqual(
        names.map((name) => ({ name, ...rest, readOnlyMode: false, allowRetries: name.endsWith('.requests') })),
      );
    }
  });

  it('shows the Redis host to admins only', async () => {
    for (const who of [people.viewer, people.operator]) {
      expect((await who.api('get', '/api/redis/stats')).status).toBe(403);
    }
    const stats = await people.admin.api('get', '/api/redis/stats');
    expect(await stats.json()).toMatchObject({ backend: 'redis', version: expect.any(String) });
  });

  it('lets an operator pause and resume any of the queues, and notes who did', async () => {
    for (const queue of dashboard.queues.all) {
      expect((await people.operator.api('put', `/api/queues/${queue.name}/pause`)).status).toBe(200);
      expect(await queue.isPaused()).toBe(true);
      expect((await people.operator.api('put', `/api/queues/${queue.name}/resume`)).status).toBe(200);
      expect(await queue.isPaused()).toBe(false);
      for (const action of ['pause', 'resume']) {
        expect(dashboard.log).toContainEqual(
          expect.objectContaining({
            audit: true,
            who: 'olga',
            role: 'operator',
            action,
            queue: queue.name,
            outcome: 'done',
          }),
        );
      }
    }
  });

  it('never lets a batch be retried, nor a request that has not failed', async () => {
    const before = await everything();
    for (const [queue, job] of [
      [batches, 'failed'],
      [batches, 'completed'],
      [requests, 'completed'],
      [requests, 'delayed'],
      [requests, 'waiting'],
      [requests, 'nothing'],
      ['no.such.queue', 'failed'],
    ] as const) {
      const answer = await people.admin.api('put', `/api/queues/${queue}/${jobIn(job)}/retry`);
      expect({ queue, job, status: answer.status }).toEqual({ queue, job, status: 403 });
    }
    expect(await everything()).toEqual(before);
  });

  it('notes no job, queue or request that is not there: it may be an item in the wrong place (invariant 9)', async () => {
    const typed = 'private-session';
    for (const path of [`${requests}/${typed}/retry`, `${requests}/${typed}/clean`, `${typed}/empty`]) {
      expect((await people.admin.api('put', `/api/queues/${path}`)).status).toBe(403);
      expect((await people.viewer.api('put', `/api/queues/${path}`)).status).toBe(403);
    }
    await people.admin.act('/actions/retry', { id: typed });
    await people.viewer.act('/actions/retry', { id: typed });
    expect(dashboard.log.length).toBeGreaterThanOrEqual(8);
    expect(JSON.stringify(dashboard.log)).not.toContain(typed);
    expect(JSON.stringify(await dashboard.trail.page({}, { limit: 100 }))).not.toContain(typed);
  });

  it('lets an admin put the job of a failed request back in line, and notes who did', async () => {
    const queue = dashboard.queues.of('deletion').requests;
    expect(await queue.getJobState(jobIn('failed'))).toBe('failed');
    expect((await people.admin.api('put', `/api/queues/${requests}/${jobIn('failed')}/retry`)).status).toBe(204);
    expect(await queue.getJobState(jobIn('failed'))).toBe('waiting');
    expect(dashboard.log).toContainEqual(
      expect.objectContaining({
        audit: true,
        who: 'ada',
        action: 'retry',
        way: 'Bull Board',
        queue: requests,
        job: jobIn('failed'),
        outcome: 'done',
      }),
    );
    const [entry] = (await dashboard.trail.page({}, { limit: 1 })).entries;
    expect(entry).toMatchObject({ action: 'retry', who: 'ada', outcome: 'done', address: '127.0.0.1' });
  });

  it('does nothing that cannot be written into the audit log first', async () => {
    const key = auditKey(dashboard.prefix);
    await dashboard.redis.rename(key, `${key}-kept`);
    await dashboard.redis.set(key, 'in the way');
    const queue = dashboard.queues.of('deletion').batches;
    expect((await people.admin.api('put', `/api/queues/${queue.name}/pause`)).status).toBe(500);
    expect(await queue.isPaused()).toBe(false);
    await dashboard.redis.rename(`${key}-kept`, key);
  });
});
