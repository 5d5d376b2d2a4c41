import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { signedInVisitor, Visitor } from './harness/visitor.ts';

leakGuard();

const pause = { queue: 'deletion.requests' };

describe('A change', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, admin);
  });

  afterAll(async () => await dashboard.stop());

  const isPaused = async () => await dashboard.queues.of('deletion').requests.isPaused();

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['nowhere known', { 'sec-fetch-site': 'none' }],
  ])('is not taken from %s, even with the cookie', async (_where, headers) => {
    const form = { ...pause, reason: 'ticket 4711', token: await visitor.formToken() };
    expect((await visitor.post('/actions/pause', form, headers)).status).toBe(403);
    const api = await visitor.call('PUT', '/queues/api/queues/deletion.requests/pause', { headers });
    expect(api.status).toBe(403);
    expect(await isPaused()).toBe(false);
  });

  it('is taken from a browser that tells only its origin when that is the dashboard itself', async () => {
    const send = async (headers: Record<string, string>) =>
      await plainRequest(dashboard.url, '/sign-out', { method: 'POST', headers });
    const host = new URL(dashboard.url).host;
    expect((await send({ origin: `http://${host}` })).status).toBe(303);
    expect((await send({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await send({ origin: 'null' })).status).toBe(403);
    expect((await send({})).status).toBe(403);
  });

  it('is not let in by signing somebody in from another site', async () => {
    const form = { name: 'ada', password: admin.password };
    const answer = await new Visitor(dashboard).post('/sign-in', form, { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('Without users', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard({ users: [] });
  });

  afterAll(async () => await dashboard.stop());

  it('everyone on this machine is an admin', async () => {
    const page = await (await new Visitor(dashboard).get('/')).text();
    expect(page).toContain('local <small>admin</small>');
    expect(page).not.toContain('Sign out');
    const answer = await new Visitor(dashboard).act('/actions/pause', pause);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/\?done=\d/)]);
    expect(dashboard.log).toContainEqual(expect.objectContaining({ audit: true, who: 'local', action: 'pause' }));
    expect((await new Visitor(dashboard).api('put', '/api/queues/deletion.requests/resume')).status).toBe(200);
  });

  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('it answers under the name %s', async (name) => {
    const { port } = new URL(dashboard.url);
    expect((await plainRequest(dashboard.url, '/', { headers: { host: `${name}:${port}` } })).status).toBe(200);
  });

  it.each(['rebound.example', '127.0.0.1.evil.example', '192.168.1.5'])(
    'a page of a host name that was pointed at this machine gets nothing: %s',
    async (name) => {
      const answer = await plainRequest(dashboard.url, '/', { headers: { host: name } });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('DASHBOARD_USERS');
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host'])(
    'it is not shown to the world through a proxy on this machine (%s)',
    async (header) => {
      expect((await new Visitor(dashboard).get('/', { [header]: '203.0.113.7' })).status).toBe(403);
    },
  );

  it('a change is still taken from its own pages only', async () => {
    const answer = await new Visitor(dashboard).post('/actions/pause', pause, { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(403);
  });

  it('there is nothing to sign in to', async () => {
    expect((await new Visitor(dashboard).get('/sign-in')).status).toBe(404);
  });
});

interface PlainAnswer {
  status: number | undefined;
  body: string;
}

/** Node's own client, which sends whatever host it is told. */
async function plainRequest(
  url: string,
  path: string,
  options: { method?: string; headers: Record<string, string> },
): Promise<PlainAnswer> {
  const { port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent: false, ...options }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
