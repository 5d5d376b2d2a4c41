import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditKey, consumerKeys } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { operator, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('Selections are made by a form', () => {
  let dashboard: TestDashboard;
  let olga: Visitor;
  let vera: Visitor;
  let id: string;

  beforeAll(async () => {
    dashboard = await startDashboard();
    olga = await signedInVisitor(dashboard, operator);
    vera = await signedInVisitor(dashboard, viewer);
    dashboard.records.announced = ['school-a', 'school-b'];
  });
  afterAll(async () => await dashboard.stop());
  beforeEach(async () => {
    id = crypto.randomUUID();
    dashboard.log.length = 0;
    await dashboard.redis.del(auditKey(dashboard.prefix));
  });
  // Whatever was sent (invariant 9).
  afterEach(async () => expect(JSON.stringify([await entries(), dashboard.log])).not.toMatch(/private/));

  const entries = async () => (await dashboard.trail.page({}, { limit: 100 })).entries;
  const all = {
    consumer: 'school-a',
    users: 'private-u1\r\n\r\n private-u2 \r\nprivate-u1',
    activities: 'private-maths\nprivate-music',
    sessions: 'private-s1',
    updatedFrom: '2023-01-31T08:30',
    completedTo: '2024-01-01T00:00:05',
  };
  /** As a browser sends it: every field, and each box that is checked. */
  const send = async (form: Record<string, string>, statuses: readonly string[] = []) => {
    const body = new URLSearchParams({ selection: id, reason: 'ticket 4711', token: await olga.formToken(), ...form });
    for (const status of statuses) body.append('statuses', status);
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    return await olga.call('POST', '/actions/select', { body: body.toString(), headers });
  };
  const made = async () => await dashboard.records.getSelection(id);
  const isMade = async () =>
    await made().then(
      () => true,
      () => false,
    );

  it('that the list leads to, for those who may', async () => {
    const list = async (who: Visitor) => await (await who.get('/selections?consumer=school-b')).text();
    expect(await list(vera)).not.toContain('/actions/');
    expect(await list(olga)).toContain('<a class="button quiet" href="/actions/select?consumer=school-b">Select…</a>');
    const form = await (await olga.get('/actions/select?consumer=school-b')).text();
    expect(form).toMatch(/name="selection" value="[0-9a-f-]{36}"/);
    expect(form).toContain('<option selected>school-b</option>');
    expect(form).toContain('<legend>Started (UTC)</legend>');
    expect((await vera.get('/actions/select')).status).toBe(403);
    expect((await vera.act('/actions/select', { ...all, selection: id })).status).toBe(403);
    expect(await isMade()).toBe(false);
  });

  it('of all that is filled in, by whom and why, and lead to their page; the audit log counts its ids', async () => {
    const answer = await send({ ...all, keepMetadata: 'yes', breakdown: 'userId' }, ['Completed', 'Pending Scoring']);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      expect.stringContaining(`/selection?id=${id}&done=`),
    ]);
    expect(await made()).toMatchObject({
      consumer: 'school-a',
      state: 'walking',
      filter: {
        userIds: ['private-u1', 'private-u2'],
        activityIds: ['private-maths', 'private-music'],
        sessionIds: ['private-s1'],
        statuses: ['Completed', 'Pending Scoring'],
        updated: { from: '2023-01-31T08:30:00Z' },
        completed: { to: '2024-01-01T00:00:05Z' },
      },
      keepMetadata: true,
      breakdown: { by: 'userId', values: [{ value: 'private-u1' }, { value: 'private-u2' }] },
      reason: 'ticket 4711',
      requestedBy: 'olga',
    });
    expect(await entries()).toEqual([
      expect.objectContaining({
        action: 'select',
        target: id,
        who: 'olga',
        outcome: 'done',
        reason: 'ticket 4711',
        detail:
          'of school-a: among 1 session id; of 2 learners; of 2 activities; with status Completed or Pending Scoring; ' +
          'updated after 2023-01-31 08:30:00 UTC; completed before 2024-01-01 00:00:05 UTC; metadata is kept; broken down by userId',
      }),
    ]);
    expect(dashboard.log).toContainEqual(expect.objectContaining({ audit: true, action: 'select', selection: id }));
    const page = await (await olga.get(answer.headers.get('location') ?? '')).text();
    expect(page).toContain('The sessions are being found.');
    expect(page).not.toMatch(/private-[us]/);
    expect(await (await vera.get('/audit')).text()).toContain(`href="/selection?id=${id}"`);
  });

  it('of one field alone, and of no more than that', async () => {
    const empty = { users: '', activities: '', sessions: '', updatedFrom: '', updatedTo: '', breakdown: '' };
    expect((await send({ consumer: 'school-a', ...empty }, ['Discarded'])).status).toBe(303);
    const { filter, keepMetadata, breakdown } = await made();
    expect({ filter, keepMetadata, breakdown }).toEqual({ filter: { statuses: ['Discarded'] } });
  });

  it('once by a form that is sent twice', async () => {
    for (const _ of [1, 2]) {
      const answer = await send({ ...all, consumer: 'school-b' });
      expect(answer.headers.get('location')).toContain(`/selection?id=${id}&done=`);
    }
    const keys = consumerKeys(dashboard.redis, dashboard.prefix, 'school-b');
    expect(await dashboard.redis.zrange(`${keys.base}walks`, '0', '-1')).toEqual([id]);
  });

  it.each([
    ['filter', { users: 'private-u3' }],
    ['consumer', { consumer: 'school-b' }],
  ])('never changed by a form that is sent again with another %s', async (_what, other) => {
    await send(all);
    const before = await made();
    const again = await send({ ...all, ...other });
    const text = await again.text();
    expect([again.status, text]).toEqual([409, expect.stringContaining('has made its selection already')]);
    expect(text).toContain(`href="/selection?id=${id}"`);
    expect(text).not.toMatch(/private/);
    expect(await made()).toEqual(before);
    expect((await entries())[0]).toMatchObject({ action: 'select', target: id, outcome: 'refused' });
  });

  const many = (most: number) => Array.from({ length: most }, (_, n) => `private-${n}`).join('\r\n');

  it.each([
    [
      'nothing',
      { users: ' \r\n ', activities: '', sessions: '' },
      'Say which sessions: a form without any of it would select every session. Nothing was done.<',
    ],
    ['too many learners', { users: many(1_001) }, 'The user ids must name at most 1,000'],
    ['a line that is too long', { sessions: `private-1\n\n${'x'.repeat(300)}` }, 'Line 3 of the session ids must'],
    ['a control character', { activities: 'private-1\nprivate-\u0007' }, 'Line 2 of the activity ids must'],
    ['a status that there is not', { statuses: 'private' }, 'Each status must be one of Incomplete, Completed'],
    ['a time that is none', { startedFrom: 'private-1' }, 'Started from must be a time'],
    ['a span that ends before it begins', { updatedTo: '2022-01-01T00:00' }, 'Updated: from must not be after to'],
    [
      'a breakdown by something else',
      { breakdown: 'private' },
      'What to break down by must be one of status, activityId, userId',
    ],
    [
      'a breakdown by more than 100',
      { users: many(101), breakdown: 'userId' },
      'The list to break down by must name at most 100',
    ],
    [
      'a breakdown by what is not named',
      { breakdown: 'activityId' },
      'To break down by activity, list the activities: each is counted by itself. Nothing was done. The ids are',
    ],
    [
      'no reason',
      { reason: '' },
      'The reason is too short: say in 3 characters or more why. Nothing was done. The ids are not kept: give them again.<',
    ],
  ])('not of %s: the form says why, keeps what is no id, and shows no id again', async (_what, wrong, words) => {
    const base = { consumer: 'school-b', users: 'private-u', updatedFrom: '2023-01-31T08:30', keepMetadata: 'yes' };
    const nothing = 'activities' in wrong && wrong.activities === '' ? { updatedFrom: '' } : {};
    const answer = await send({ breakdown: 'status', ...base, ...nothing, ...wrong });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([400, expect.stringContaining(words)]);
    expect(text).toMatch(/role="alert" id="problem" tabindex="-1" autofocus>[^<]+Nothing was done\./);
    expect(text).not.toMatch(/private/);
    expect(text).toContain(`name="selection" value="${id}"`);
    expect(text).toContain('<option selected>school-b</option>');
    expect(text).toContain('name="keepMetadata" value="yes" checked');
    if (!('updatedFrom' in nothing)) expect(text).toContain('name="updatedFrom" value="2023-01-31T08:30"');
    if (!('breakdown' in wrong)) expect(text).toContain('<option value="status" selected>');
    expect(await isMade()).toBe(false);
    expect(await entries()).toEqual([]);
  });

  it.each([
    ['for a consumer that nobody announced', { consumer: 'private' }, 404],
    ['for none', { consumer: undefined }, 400],
    ['by a form that has no id', { selection: undefined }, 400],
    ['by a form whose id is none', { selection: 'private' }, 400],
    ['from more than a form may hold', { sessions: 'x'.repeat(1_100_000) }, 413],
  ])('not %s', async (_what, wrong, status) => {
    const given = Object.entries({ ...all, selection: id, ...wrong }).filter(([, value]) => value !== undefined);
    const answer = await olga.act('/actions/select', Object.fromEntries(given) as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toMatch(/private/);
    expect(await isMade()).toBe(false);
  });

  it('of 1,000 learners, activities and sessions each', async () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => `private-${'x'.repeat(80)}-${n}`).join('\r\n');
    expect((await send({ ...all, users: ids, activities: ids, sessions: ids })).status).toBe(303);
    expect((await made()).filter.userIds).toHaveLength(1_000);
  });

  it('only once a worker has announced a consumer', async () => {
    dashboard.records.announced = [];
    const answer = await olga.get('/actions/select');
    dashboard.records.announced = ['school-a', 'school-b'];
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('Start a worker first.')]);
  });
});
