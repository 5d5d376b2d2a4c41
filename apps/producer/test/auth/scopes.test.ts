import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { type Caller, type Scope, scopes } from '../../src/auth/caller.ts';
import { RequestEvents } from '../../src/events/request-events.ts';
import { IdempotencyRecords } from '../../src/idempotency/idempotency-records.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { problemIn } from '../support/problem.ts';
import { connectTestRedis, startProducer, type TestProducer, testCaller } from '../support/test-producer.ts';

leakGuard();

/** Routes that need no token, and so no scope. */
const open = ['GET /healthz', 'GET /readyz', 'GET /openapi.json', 'GET /docs'];

function scopesFor(route: string): Scope[] {
  if (route === 'POST /v1/deletions') return ['deletion:create'];
  if (route === 'POST /v1/resubmissions') return ['resubmission:create'];
  if (route.startsWith('POST /v1/selections') || route.endsWith('/metadata')) return ['selection:create'];
  if (route.includes('/v1/rules/') && !route.startsWith('GET ')) return ['rule:manage'];
  if (route.includes('/legal-holds')) return ['legal-hold:manage'];
  if (route.endsWith('/approve')) return ['deletion:approve'];
  if (route.endsWith('/revoke')) return ['request:manage', 'deletion:approve'];
  return [route.startsWith('GET ') ? 'request:read' : 'request:manage'];
}

/** Every route of the app as `METHOD /path`, from Express itself. */
function routes(): string[] {
  const redis = connectTestRedis();
  const app = createApp({
    queue: new MemoryQueue(),
    events: new RequestEvents({ queue: new MemoryQueue() }),
    idempotency: new IdempotencyRecords({ redis, prefix: 'test', leaseMs: 1_000 }),
    checkReadiness: async () => ({ problems: [] }),
    log: pino({ level: 'silent' }),
    maxBodyBytes: 1024,
  });
  redis.disconnect();
  return app.router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : [...new Set(route.stack.flatMap(({ method }) => (method ? [`${method.toUpperCase()} ${route.path}`] : [])))],
  );
}

describe('a token', () => {
  const queue = new MemoryQueue();
  let producer: TestProducer;

  beforeAll(async () => {
    // A token is the list of its scopes, and then of its consumers.
    const findCaller = (token: string): Caller | undefined => {
      const [given = '', consumers] = token.split(';');
      const limits = { scopes: new Set(scopes.filter((scope) => given.split(',').includes(scope))) };
      return testCaller('lms', consumers === undefined ? limits : { ...limits, consumers: consumers.split(',') });
    };
    producer = await startProducer({ queue, findCaller });
  });
  afterAll(async () => await producer.stop());

  async function call(route: string, token: string, body: unknown = {}): Promise<Response> {
    const [method = '', path = ''] = route.split(' ');
    return await producer.fetch(path.replace(/:(id|name)/, 'none'), {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function create(consumer: string): Promise<string> {
    const response = await call('POST /v1/deletions', 'deletion:create', { sessionIds: ['a'], consumer });
    return ((await response.json()) as { id: string }).id;
  }

  test('without scopes may call no route but those that are for anybody', async () => {
    const all = routes();
    expect(all).toEqual(expect.arrayContaining(['POST /v1/deletions', 'GET /v1/requests/:id', 'POST /v1/stop']));
    const others = all.filter((route) => !open.includes(route));
    for (const route of others) {
      const problem = await problemIn(await call(route, 'none'));
      expect([route, problem]).toMatchObject([route, { status: 403, type: expect.stringMatching(/:missing-scope$/) }]);
    }
    expect(queue.asked).toEqual([]);
  });

  test('with one scope may call what that is for: reading never changes anything', async () => {
    for (const route of routes().filter((one) => !open.includes(one))) {
      for (const scope of scopes) {
        const response = await call(route, scope);
        await response.body?.cancel();
        const expected = scopesFor(route).includes(scope) ? expect.not.stringMatching(/^403$/) : '403';
        expect([route, scope, String(response.status)]).toEqual([route, scope, expected]);
      }
    }
  });

  test('that lacks a scope is told which', async () => {
    const refused = await call('POST /v1/deletions', 'resubmission:create,request:read,request:manage');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="deletion:create"');
    expect((await problemIn(refused)).detail).toBe('This needs a token with the scope deletion:create.');
  });

  describe('for some consumers', () => {
    const token = `${scopes.join(',')};north,west`;

    test('may ask for them, and for no other, whether there is one or not', async () => {
      for (const [consumer, status] of [
        ['north', 202],
        ['west', 202],
        ['south', 403],
        ['default', 403],
        [undefined, 403],
      ] as const) {
        const response = await call('POST /v1/deletions', token, { sessionIds: ['a'], consumer });
        expect([consumer, response.status]).toEqual([consumer, status]);
      }
      const stream = async (consumer: string) =>
        await producer.fetch(`/v1/deletions?consumer=${consumer}`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' },
          body: 'a',
        });
      expect([(await stream('north')).status, (await stream('south')).status]).toEqual([202, 403]);
      const refused = await call('POST /v1/resubmissions', token, { submissions: ['YQ=='], consumer: 'south' });
      expect(await problemIn(refused)).toMatchObject({
        type: 'urn:problem-type:session-queue:other-consumer',
        errors: [{ field: 'consumer' }],
      });
    });

    test('sees the requests of others no more than those that never were', async () => {
      const [own, foreign] = [await create('north'), await create('south')];
      expect((await call(`GET /v1/requests/${own}`, token)).status).toBe(200);
      const paths = routes().filter((route) => route.includes('/v1/requests/:id'));
      expect(paths.length).toBeGreaterThanOrEqual(7);
      for (const route of paths) {
        const answers = await Promise.all(
          [foreign, 'none'].map(async (id) => await call(route.replace(':id', id), token, {})),
        );
        const [theirs, unknown] = await Promise.all(answers.map(async (answer) => await answer.json()));
        expect([route, theirs]).toEqual([route, unknown]);
        expect(theirs).toMatchObject({ status: 404 });
      }
      expect(queue.kept.get(foreign)?.view.state).toBe('accepted');
    });

    test('may change its own requests', async () => {
      const id = await create('north');
      expect((await call(`POST /v1/requests/${id}/hold`, token)).status).toBe(200);
      expect(queue.kept.get(id)?.view.state).toBe('held');
    });

    test('does not stop or start everybody', async () => {
      for (const route of ['POST /v1/stop', 'POST /v1/start']) {
        const problem = await problemIn(await call(route, token, { kind: 'deletion', reason: 'x' }));
        expect(problem).toMatchObject({ status: 403, type: 'urn:problem-type:session-queue:other-consumer' });
      }
      expect(queue.stopped.size).toBe(0);
    });
  });
});
