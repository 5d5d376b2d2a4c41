import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Announcements, auditKey, BusyConsumers, consumerKeys, readLaneStop } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { leastRoles } from '../src/actions/least-roles.ts';
import {
  actions,
  chosenRequest,
  consumer,
  madeSelection,
  names,
  placedHold,
  targetRequests,
  targets,
} from './harness/action-targets.ts';
import { admin, startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { setHeld } from './harness/holds.ts';
import { requestView } from './harness/request-views.ts';
import { enabledRules, setRules } from './harness/rules.ts';
import { readySelection, selectionView } from './harness/selection-views.ts';
import { type People, signedInPeople, signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('An action', () => {
  let dashboard: TestDashboard;
  let people: People;

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = await signedInPeople(dashboard);
    const { redis, prefix, records } = dashboard;
    records.announced = [consumer];
    await new BusyConsumers(redis, prefix).mark(consumer);
    await new Announcements(redis, prefix).announce('a worker', [{ name: consumer, identity: 'a' }]);
  });

  afterAll(async () => await dashboard.stop());

  beforeEach(async () => {
    const { redis, prefix, records, stops, log } = dashboard;
    records.add(...targetRequests());
    await setRules(dashboard.rules);
    await setHeld(dashboard.holds);
    records.addSelections(selectionView({ id: 'walking' }), readySelection({ id: 'chosen' }));
    records.retried.length = 0;
    records.deletions.length = 0;
    records.reasons.length = 0;
    stops.clear();
    log.length = 0;
    await redis.del(auditKey(prefix));
  });

  const entries = async () => (await dashboard.trail.page({}, { limit: 100 })).entries;
  const laneStop = async () =>
    await readLaneStop(consumerKeys(dashboard.redis, dashboard.prefix, consumer), 'deletion');
  const state = async () => ({
    open: (await dashboard.records.getRequest('open'))?.state,
    waits: (await dashboard.records.getRequest('waits'))?.state,
    approvers: [...dashboard.records.approvers],
    retried: [...dashboard.records.retried],
    walking: (await dashboard.records.getSelection('walking')).state,
    deletions: dashboard.records.deletions.map(({ id }) => id),
    isPaused: await dashboard.queues.of('deletion').requests.isPaused(),
    rules: await enabledRules(dashboard.rules),
    holds: (await dashboard.holds.legalHolds(consumer)).map(({ id }) => id).toSorted(),
    lane: (await laneStop())?.message,
    kind: dashboard.stops.get('deletion'),
  });

  it.each(actions)('%s asks for a reason on a page of its own, and tells what happens', async (action) => {
    const path = `/actions/${action}?${new URLSearchParams(targets[action]).toString()}`;
    const before = await state();
    const answer = await people.admin.get(path);
    expect(answer.status).toBe(200);
    const page = await answer.text();
    expect(page).toContain('<strong>What happens:</strong>');
    expect(page).toMatch(/name="token" value="[\w-]{43}"/);
    expect(page).toMatch(/<input id="reason"[^>]* required/);
    expect(page.includes('It cannot be undone.')).toBe(
      ['cancel', 'revoke', 'delete-selection', 'lift-hold'].includes(action),
    );
    expect(await state()).toEqual(before);
  });

  it.each([
    ['deletion.requests', 'Deletions that are accepted from now on wait, however they were asked for'],
    ['resubmission.batches', 'No more resubmissions are sent until it is resumed.'],
    ['request.callbacks', 'Nobody is told of the end of a request'],
    ['retention.rules', 'Runs of retention rules that come due wait'],
  ])('says before %s is paused what that holds up', async (queue, words) => {
    expect(await (await people.operator.get(`/actions/pause?queue=${queue}`)).text()).toContain(words);
  });

  it.each(actions)('%s is for those who may, and refused to others with whom to ask', async (action) => {
    const roles = ['viewer', 'operator', 'admin'] as const;
    const least = roles.indexOf(leastRoles[action]);
    for (const [rank, role] of roles.entries()) {
      if (rank >= least) continue;
      const before = await state();
      const asked = await people[role].get(`/actions/${action}?${new URLSearchParams(targets[action]).toString()}`);
      const answer = await people[role].act(`/actions/${action}`, targets[action]);
      expect({ role, asked: asked.status, done: answer.status }).toEqual({ role, asked: 403, done: 403 });
      expect(await answer.text()).toContain(`needs the role ${leastRoles[action]}, and yours is ${role}: ask an`);
      expect(await state()).toEqual(before);
      const [entry] = await entries();
      expect(entry).toMatchObject({ action, role, outcome: 'refused' });
    }
  });

  it('stops and starts, holds and releases, pauses and resumes, and each stands in the audit log with its reason', async () => {
    const steps: [keyof typeof targets, () => Promise<unknown>, unknown][] = [
      ['hold', async () => (await state()).open, 'held'],
      ['release', async () => (await state()).open, 'processing'],
      ['approve', async () => (await state()).approvers, ['ada']],
      ['revoke', async () => (await state()).waits, 'cancelled'],
      ['cancel', async () => (await state()).open, 'cancelled'],
      ['retry', async () => (await state()).retried, ['failed']],
      ['select', async () => (await dashboard.records.getSelection(madeSelection)).state, 'walking'],
      ['cancel-selection', async () => (await state()).walking, 'cancelled'],
      ['delete-selection', async () => (await state()).deletions, [chosenRequest]],
      ['pause', async () => (await state()).isPaused, true],
      ['resume', async () => (await state()).isPaused, false],
      ['disable-rule', async () => (await state()).rules, []],
      ['enable-rule', async () => (await state()).rules, ['off']],
      ['place-hold', async () => (await state()).holds, [placedHold, 'held'].toSorted()],
      ['lift-hold', async () => (await state()).holds, [placedHold]],
      ['stop-lane', async () => (await laneStop())?.message, 'ticket <4711> (ada)'],
      ['start-lane', async () => await laneStop(), undefined],
      ['stop-kind', async () => (await state()).kind, 'ticket <4711>'],
      ['start-kind', async () => (await state()).kind, undefined],
    ];
    expect(steps.map(([action]) => action)).toEqual(actions);
    for (const [action, look, expected] of steps) {
      const form = { ...targets[action], reason: ' ticket <4711> ' };
      const answer = await people.admin.act(`/actions/${action}`, form);
      expect({ action, status: answer.status }).toEqual({ action, status: 303 });
      expect({ action, now: await look() }).toEqual({ action, now: expected });
      const [entry] = await entries();
      expect(entry).toMatchObject({
        action,
        who: 'ada',
        role: 'admin',
        target: names[action],
        reason: 'ticket <4711>',
        outcome: 'done',
        address: '127.0.0.1',
      });
      const page = await (await people.admin.get(answer.headers.get('location') ?? '')).text();
      expect(page).toContain('<strong>Done.</strong>');
      expect(page).toContain('Reason: ticket &lt;4711&gt;.');
    }
    expect(dashboard.log).toContainEqual(
      expect.objectContaining({ audit: true, who: 'ada', action: 'hold', request: 'open', outcome: 'done' }),
    );
    const why = { reason: 'ticket <4711>', by: 'ada' };
    expect(dashboard.records.reasons).toEqual([why, why]);
    expect(JSON.stringify(dashboard.log)).not.toContain('4711');
  });

  it.each([
    ['none', ''],
    ['too short a one', 'ok'],
    ['spaces', '     '],
    ['too long a one', 'x'.repeat(501)],
    ['a line break', 'two\nlines'],
    ['a bell', 'ring\u0007'],
  ])('is not done for %s as its reason', async (_what, reason) => {
    const answer = await people.admin.act('/actions/stop-kind', { kind: 'deletion', reason });
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toMatch(/role="alert" id="problem" tabindex="-1" autofocus>The reason .*Nothing was done\./);
    expect(page).toContain('name="kind" value="deletion"');
    expect((await state()).kind).toBeUndefined();
    expect(await entries()).toEqual([]);
  });

  it('that cannot be undone is not done unless somebody says so', async () => {
    const answer = await people.operator.act('/actions/cancel', { id: 'open' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('value="ticket 4711"');
    expect((await state()).open).toBe('processing');
  });

  describe('is taken from a form of this session alone', () => {
    const form = { kind: 'deletion', reason: 'ticket 4711' };

    it.each(['', 'made-up', 'missing'])('with the token %j', async (token) => {
      const answer = await people.admin.post('/actions/stop-kind', token === 'missing' ? form : { ...form, token });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('This form is of another sign-in. Nothing was done');
      expect((await state()).kind).toBeUndefined();
      expect((await entries())[0]).toMatchObject({ who: 'ada', action: 'stop-kind', outcome: 'refused' });
    });

    it('with the token of somebody else, of a session before, or twice the field', async () => {
      const before = await signedInVisitor(dashboard, admin);
      const old = await before.formToken();
      await before.act('/sign-out');
      const own = await people.admin.formToken();
      for (const token of [await people.operator.formToken(), old]) {
        expect((await people.admin.post('/actions/stop-kind', { ...form, token })).status).toBe(403);
      }
      const twice = await people.admin.call('POST', '/actions/stop-kind', {
        body: `kind=deletion&reason=ticket+4711&token=${own}&token=${own}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(twice.status).toBe(403);
      expect((await state()).kind).toBeUndefined();
    });

    it('and not from another site, though it had the token', async () => {
      const token = await people.admin.formToken();
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
        expect((await people.admin.post('/actions/stop-kind', { ...form, token }, headers)).status).toBe(403);
      }
      expect((await state()).kind).toBeUndefined();
    });
  });

  it('on what is not there is refused, and notes nothing of it: it may be an item in the wrong place (invariant 9)', async () => {
    const typed = 'private-session';
    for (const [action, target] of [
      ['hold', { id: typed }],
      ['pause', { queue: typed }],
      ['stop-lane', { consumer: typed, kind: 'deletion' }],
    ] as const) {
      const answer = await people.admin.act(`/actions/${action}`, target);
      expect({ action, status: answer.status }).toEqual({ action, status: 404 });
    }
    for (const [action, target] of [
      ['stop-kind', { kind: typed }],
      ['hold', { id: '' }],
      ['stop-lane', { consumer: `${typed} {}`, kind: 'deletion' }],
    ] as const) {
      expect((await people.admin.act(`/actions/${action}`, target)).status).toBe(400);
    }
    expect((await people.admin.act('/actions/obliterate', {})).status).toBe(404);
    expect((await people.admin.act('/actions/__proto__', {})).status).toBe(404);
    const told = await entries();
    expect(told).toHaveLength(6);
    expect(JSON.stringify([told, dashboard.log])).not.toContain(typed);
  });

  it('that is not possible as things are says so, and what to do', async () => {
    await people.admin.act('/actions/stop-kind', { kind: 'deletion' });
    const again = await people.admin.act('/actions/stop-kind', { kind: 'deletion', reason: 'another reason' });
    expect(again.status).toBe(409);
    expect(await again.text()).toContain('Somebody has stopped all deletions already');
    expect((await state()).kind).toBe('ticket 4711');
    const start = await people.admin.act('/actions/start-lane', { consumer, kind: 'deletion' });
    expect(start.status).toBe(409);
    const nothing = await people.operator.act('/actions/retry', { id: 'ended' });
    expect([nothing.status, await nothing.text()]).toEqual([
      409,
      expect.stringContaining('This request has no failed items to retry.'),
    ]);
    const counts = { total: 1, pending: 1 };
    dashboard.records.add(requestView({ id: 'own', state: 'waiting', counts, requestedBy: 'ada' }));
    const approved = await people.admin.act('/actions/approve', { id: 'own' });
    const said = await approved.text();
    expect([approved.status, said]).toEqual([409, expect.stringContaining('A second person must.')]);
    expect(said).toContain('<a href="/requests?id=own">See how it stands now</a>');
    expect(said).not.toContain('changed meanwhile');
    expect((await entries()).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'approve refused',
      'retry refused',
      'start-lane refused',
      'stop-kind refused',
      'stop-kind done',
    ]);
  });

  it('is not done when it cannot be written into the audit log first', async () => {
    const { redis, prefix } = dashboard;
    await redis.set(auditKey(prefix), 'in the way');
    const answer = await people.admin.act('/actions/stop-kind', { kind: 'deletion' });
    expect(answer.status).toBe(503);
    expect((await state()).kind).toBeUndefined();
    await redis.del(auditKey(prefix));
  });

  it('is told of as done by nobody’s address alone', async () => {
    const answer = await people.admin.act('/actions/hold', { id: 'open' });
    const location = answer.headers.get('location') ?? '';
    const told = async (who: Visitor, path: string) => (await (await who.get(path)).text()).includes('Done.');
    expect(await told(people.admin, location)).toBe(true);
    expect(await told(people.operator, location)).toBe(false);
    for (const done of ['1-1', 'x', '99999999999999999999-1', '%00']) {
      expect(await told(people.admin, `/requests?id=open&done=${done}`)).toBe(false);
    }
  });
});
