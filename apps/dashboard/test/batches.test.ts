import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { signedInVisitor, Visitor } from './harness/visitor.ts';

leakGuard();

describe('The page of a batch', () => {
  let dashboard: TestDashboard;
  let visitor: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    visitor = await signedInVisitor(dashboard, viewer);
    await dashboard.redis.hset(`${dashboard.prefix}:{school-a}:batch:b-1`, {
      kind: 'deletion',
      state: 'submitted',
      size: 50,
      attempts: 2,
      reference: 'job-77',
      shares: '[["r-1",30],["a/b <i>",20]]',
      lastCode: 'HTTP_500',
      lastMessage: 'no words',
    });
  });

  afterAll(async () => await dashboard.stop());

  it('says how far it is, how often it was sent, and leads to each of its requests', async () => {
    const page = await (await visitor.get('/batches?consumer=school-a&id=b-1')).text();
    expect(page).toContain('<h1>Batch of 50 of school-a, at Learnosity (job job-77)</h1>');
    expect(page).toContain('<dd>2 times</dd>');
    expect(page).toContain('HTTP_500 no words');
    expect(page).toContain('Last failure');
    expect(page).toContain('href="/requests?id=r-1"');
    expect(page).toContain('href="/requests?id=a%2Fb%20%3Ci%3E"');
    expect(page).not.toContain('<i>');
    expect(page).toContain('/queues/queue/deletion.batches/b-1');
  });

  it('says nothing of what has not been: no failure, no outcome, no call', async () => {
    const key = `${dashboard.prefix}:{school-a}:batch:b-0`;
    const fields = { state: 'claimed', size: 1, shares: '[["r-1",1]]', lastCode: '', lastMessage: '' };
    await dashboard.redis.hset(key, { kind: 'resubmission', ...fields });
    const page = await (await visitor.get('/batches?consumer=school-a&id=b-0')).text();
    expect(page).toContain('<h1>Batch of 1 of school-a, about to be sent</h1>');
    expect(page).toContain('<dd>not yet</dd>');
    expect(page).not.toMatch(/Last failure|Outcome|Job at Learnosity|Split into/);
  });

  it.each(['consumer=school-b&id=b-1', 'consumer=school-a&id=b-2', 'consumer=school-a&id=b-1:items'])(
    'is not found for %s',
    async (query) => {
      const answer = await visitor.get(`/batches?${query}`);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('no record of this batch')]);
    },
  );

  it('is for people who are signed in', async () => {
    const answer = await new Visitor(dashboard).get('/batches?consumer=school-a&id=b-1');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/sign-in\?next=/)]);
    expect(await answer.text()).not.toContain('r-1');
  });

  it('leads home where nothing is asked for', async () => {
    for (const query of ['', '?id=b-1', '?consumer=../x&id=b-1', '?consumer=school-a&id=']) {
      const answer = await visitor.get(`/batches${query}`);
      expect([query, answer.status, answer.headers.get('location')]).toEqual([query, 303, '/']);
    }
  });
});
