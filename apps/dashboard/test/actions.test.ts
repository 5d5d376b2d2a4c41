import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Announcements, consumerKeys, readLaneStop } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { admin, operator, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

let dashboard: TestDashboard;
let people: Record<'viewer' | 'operator' | 'admin', Visitor>;

beforeEach(async () => {
  dashboard = await startDashboard();
  people = {
    viewer: await signedInVisitor(dashboard, viewer),
    operator: await signedInVisitor(dashboard, operator),
    admin: await signedInVisitor(dashboard, admin),
  };
  dashboard.records.add(requestView({ id: 'r-1' }), requestView({ id: 'held', state: 'held' }));
  dashboard.records.announced = ['north'];
  await new Announcements(dashboard.redis, dashboard.prefix).announce('w', [{ name: 'north', identity: 'one' }]);
});
afterEach(() => dashboard.stop());

const done = async (who: Visitor, action: string, form: Record<string, string>) =>
  (await who.post(`/actions/${action}`, { reason: 'a wrong list', ...form })).status;
const audit = async (query = '') => await (await people.viewer.get(`/audit${query}`)).text();
const laneStop = async () => await readLaneStop(consumerKeys(dashboard.redis, dashboard.prefix, 'north'), 'deletion');

describe('An action', () => {
  it('asks why, and says what it does and does not', async () => {
    const page = await (await people.operator.get('/actions/cancel?id=r-1')).text();
    expect(page).toContain('The deletion r-1 of school-a');
    expect(page).toContain('What is on its way goes on to its end');
    expect(page).toContain('Look twice');
    expect(page).toMatch(/<textarea name="reason"[^>]* required/);
    expect(dashboard.records.acts).toEqual([]);
  });

  it('is done with a reason, by those who may, and leads back', async () => {
    const answer = await people.operator.post('/actions/hold', { id: 'r-1', reason: 'a wrong list' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/requests?id=r-1']);
    expect(await done(people.operator, 'release', { id: 'held' })).toBe(303);
    expect(await done(people.operator, 'cancel', { id: 'r-1' })).toBe(303);
    expect(dashboard.records.acts).toEqual(['hold r-1', 'release held', 'cancel r-1']);
  });

  it('is not done without a reason that says something, and what was typed stays', async () => {
    for (const reason of ['', '  ', 'x', 'a\u0007b']) {
      const answer = await people.operator.post('/actions/hold', { id: 'r-1', reason });
      expect([reason, answer.status]).toEqual([reason, 400]);
      expect(await answer.text()).toContain('role="alert"');
    }
    const long = await people.operator.post('/actions/hold', { id: 'r-1', reason: `<b>${'y'.repeat(600)}` });
    expect(await long.text()).toContain('must be at most 500 characters');
    expect(dashboard.records.acts).toEqual([]);
  });

  it('is refused to those who may not, before it asks and when it is sent', async () => {
    for (const [who, action, form] of [
      ['viewer', 'hold', { id: 'r-1' }],
      ['viewer', 'retry', { id: 'r-1' }],
      ['operator', 'stop-kind', { kind: 'deletion' }],
      ['operator', 'stop-lane', { consumer: 'north', kind: 'deletion' }],
    ] as const) {
      const query = new URLSearchParams(form).toString();
      expect((await people[who].get(`/actions/${action}?${query}`)).status).toBe(403);
      const answer = await people[who].post(`/actions/${action}`, { reason: 'a wrong list', ...form });
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining(`yours is ${who}`)]);
    }
    expect(dashboard.records.acts).toEqual([]);
    expect(await laneStop()).toBeUndefined();
  });

  it('is taken from the dashboard’s own pages only', async () => {
    const form = { id: 'r-1', reason: 'a wrong list' };
    const answer = await people.operator.post('/actions/hold', form, { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(403);
    expect(dashboard.records.acts).toEqual([]);
  });

  it('stops and starts a lane, and everything of a kind', async () => {
    const lane = { consumer: 'north', kind: 'deletion' };
    expect(await done(people.admin, 'stop-lane', lane)).toBe(303);
    expect(await laneStop()).toMatchObject({ code: 'stopped by hand', message: 'a wrong list (ada)' });
    expect(await done(people.admin, 'start-lane', lane)).toBe(303);
    expect(await laneStop()).toBeUndefined();
    expect(await done(people.admin, 'stop-kind', { kind: 'deletion' })).toBe(303);
    expect(await done(people.admin, 'start-kind', { kind: 'deletion' })).toBe(303);
    expect(dashboard.records.acts).toEqual(['stop deletion: a wrong list (ada)', 'start deletion']);
  });

  it('on what is not there is a 404 that repeats nothing', async () => {
    for (const [action, form] of [
      ['hold', { id: 'planted-id' }],
      ['stop-lane', { consumer: 'planted-id', kind: 'deletion' }],
      ['stop-kind', { kind: 'planted-id' }],
      ['pause', { queue: 'planted-id' }],
      ['planted-id', {}],
    ] as const) {
      const answer = await people.admin.post(`/actions/${action}`, { reason: 'a wrong list', ...form });
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain('planted-id');
    }
    expect(JSON.stringify(dashboard.log)).not.toContain('planted-id');
    expect(await audit()).not.toContain('planted-id');
  });
});

describe('The audit log', () => {
  it('tells who did what on what and why, before and after, and who was refused', async () => {
    await done(people.operator, 'hold', { id: 'r-1' });
    await done(people.viewer, 'cancel', { id: 'r-1' });
    const page = await audit();
    for (const text of ['otto', 'hold', 'r-1', 'a wrong list', '>begun<', '>done<', '>refused<', 'sign in'])
      expect(page).toContain(text);
    const rows = await dashboard.redis.xrange(`{${dashboard.prefix}}:audit`, '-', '+');
    const outcomes = rows.map(([, fields]) => [fields[5], fields[7]]);
    expect(outcomes.slice(-3)).toEqual([
      ['hold', 'begun'],
      ['hold', 'done'],
      ['cancel', 'refused'],
    ]);
  });

  it('is searched by who and what, read page by page, and downloaded', async () => {
    for (let i = 0; i < 30; i += 1) await done(people.operator, 'hold', { id: 'r-1' });
    const ofAda = await audit('?who=ada');
    expect(ofAda).not.toContain('>hold<');
    expect(ofAda).toContain('sign in');
    const first = await audit('?action=hold');
    expect(first.match(/<td>hold<\/td>/g)).toHaveLength(50);
    const older = /href="(\/audit\?[^"]*from=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await (await people.viewer.get(older)).text()).match(/<td>hold<\/td>/g)).toHaveLength(10);
    const csv = await people.viewer.get('/audit.csv?action=hold');
    expect(csv.headers.get('content-disposition')).toContain('audit.csv');
    const lines = (await csv.text()).trim().split('\r\n');
    expect(lines[0]).toBe('time,who,role,action,on,outcome,reason,address');
    expect(lines).toHaveLength(61);
  });

  it('gives a spreadsheet no formula', async () => {
    await done(people.operator, 'hold', { id: 'r-1', reason: '=1+1, "quoted"' });
    expect(await (await people.viewer.get('/audit.csv')).text()).toContain(`"'=1+1, ""quoted"""`);
  });

  it('keeps reasons out of the log of the process', async () => {
    await done(people.operator, 'hold', { id: 'r-1', reason: 'planted-reason' });
    expect(JSON.stringify(dashboard.log)).not.toContain('planted-reason');
    expect(await audit()).toContain('planted-reason');
  });

  it('comes first: what cannot be written down is not done', async () => {
    await dashboard.redis.set(`{${dashboard.prefix}}:audit`, 'no stream');
    expect(await done(people.operator, 'hold', { id: 'r-1' })).toBe(503);
    expect(dashboard.records.acts).toEqual([]);
  });
});
