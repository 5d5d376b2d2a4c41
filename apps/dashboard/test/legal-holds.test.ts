import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Announcements, BusyConsumers, consumerKeys, endHold, putOffHold, takeHold } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { placedHold } from './harness/action-targets.ts';
import { startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { requestView } from './harness/request-views.ts';
import { type People, signedInPeople, type Visitor } from './harness/visitor.ts';

leakGuard();

describe('Legal holds', () => {
  let dashboard: TestDashboard;
  let people: People;

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = await signedInPeople(dashboard);
    const { redis, prefix, records } = dashboard;
    records.announced = ['school-a', 'school-b'];
    const known = records.announced.map((name) => ({ name, identity: name }));
    await new Announcements(redis, prefix).announce('a worker', known);
  });
  afterAll(async () => await dashboard.stop());
  beforeEach(async () => {
    for (const consumer of ['school-a', 'school-b']) {
      for (const { id } of await holds().legalHolds(consumer)) await holds().removeLegalHold(id, { reason: 'next' });
    }
  });

  const holds = () => dashboard.holds;
  const why = { consumer: 'school-a', reason: 'case <12>', by: 'ada' };
  const page = async (path: string, visitor = people.viewer) => {
    const response = await visitor.get(path);
    return { status: response.status, text: await response.text() };
  };
  /** Finds the sessions of the hold that waits for it, or puts that off. */
  const resolve = async (fault?: { code: string; message: string }) => {
    const keys = consumerKeys(dashboard.redis, dashboard.prefix, 'school-a');
    const hold = await takeHold(keys, 'token');
    if ('ms' in hold) throw new Error('nothing is to be resolved');
    await (fault === undefined ? endHold(keys, hold) : putOffHold(keys, hold, 60_000, fault));
  };

  it('are listed over all consumers, the newest first, with what they are on, by whom and why', async () => {
    expect((await page('/legal-holds')).text).toContain('Nothing is under a legal hold.');
    await holds().addLegalHold({ ...why, id: 'one', sessionIds: ['private-1', 'private-2'] });
    await holds().addLegalHold({ ...why, id: 'two', consumer: 'school-b', activityId: 'maths-2023', by: undefined });
    const { text } = await page('/legal-holds');
    expect(text).toContain('<a href="/legal-holds" aria-current="page">');
    expect([...text.matchAll(/href="\/legal-hold\?id=(\w+)">([^<]+)</g)].map(([, id, on]) => [id, on])).toEqual([
      ['two', 'the activity maths-2023'],
      ['one', '2 sessions'],
    ]);
    for (const words of ['case &lt;12&gt;', 'by ada', 'being found', 'named one by one']) expect(text).toContain(words);
    const narrowed = (await page('/legal-holds?consumer=school-a')).text;
    expect(narrowed).toContain('id=one');
    expect(narrowed).not.toContain('id=two');
    expect((await page('/legal-holds?consumer=nobody')).text).toContain('Nothing of nobody is under a legal hold.');
  });

  it('are listed up to 200, and the rest is counted', async () => {
    const { base } = consumerKeys(dashboard.redis, dashboard.prefix, 'school-a');
    await holds().addLegalHold({ ...why, id: 'newest', sessionIds: ['private-1'] });
    await dashboard.redis.zadd(`${base}holds`, ...Array.from({ length: 230 }, (_, n) => [n, `old-${n}`]).flat());
    await new BusyConsumers(dashboard.redis, dashboard.prefix).mark('school-a');
    const { text } = await page('/legal-holds');
    await dashboard.redis.zremrangebyscore(`${base}holds`, 0, 1_000);
    expect(text).toContain('id=newest');
    expect(text).toContain('and 31 older ones');
  });

  it('have a page each, which says how many sessions a hold keeps and what its finding waits for', async () => {
    await holds().addLegalHold({ ...why, id: 'one', userId: 'private-learner' });
    const fresh = (await page('/legal-hold?id=one')).text;
    for (const words of [
      'Legal hold on a learner',
      'case &lt;12&gt;',
      'no deletion of school-a is sent',
      'being found',
    ]) {
      expect(fresh).toContain(words);
    }
    await resolve({ code: '41001', message: 'a wrong key' });
    const waiting = (await page('/legal-hold?id=one')).text;
    expect(waiting).toContain('a wrong key (41001)');
    expect(waiting).toContain('/assets/live.js');
    await dashboard.redis.hdel(
      `${consumerKeys(dashboard.redis, dashboard.prefix, 'school-a').base}holds:resolving`,
      'dueAt',
    );
    await resolve();
    const known = (await page('/legal-hold?id=one')).text;
    for (const words of ['just now', '>none found</span>', 'It keeps nothing:', 'no session of this learner'])
      expect(known).toContain(words);
    const list = (await page('/legal-holds')).text;
    for (const words of ['>none found</span>', '<span class="id">one</span>']) expect(list).toContain(words);
    for (const gone of ['Deletions wait', 'It waits', '/assets/live.js', 'private-learner'])
      expect(known).not.toContain(gone);
    expect(await page('/legal-hold?id=nobody')).toMatchObject({
      status: 404,
      text: expect.stringContaining('has been lifted'),
    });
    expect((await people.viewer.get('/legal-hold')).headers.get('location')).toBe('/legal-holds');
  });

  it('that are being lifted say so and what they still keep, wait for nothing, and are lifted by themselves', async () => {
    await holds().addLegalHold({ ...why, id: 'one', userId: 'private-learner' });
    await holds().addLegalHold({ ...why, id: 'two', userId: 'private-other' });
    await resolve({ code: '41001', message: 'a wrong key' });
    const { base } = consumerKeys(dashboard.redis, dashboard.prefix, 'school-a');
    await dashboard.redis.zrem(`${base}holds:subjects`, 'one');
    await dashboard.redis.hset(`${base}hold:one`, { liftedAt: Date.now(), removing: 1 });
    const { text } = await page('/legal-hold?id=one', people.admin);
    for (const words of [
      'It is being lifted:',
      'Sessions that it still keeps',
      'Being lifted since',
      '/assets/live.js',
    ])
      expect(text).toContain(words);
    for (const gone of ['Deletions wait', 'It waits', 'lift-hold']) expect(text).not.toContain(gone);
    const listed = (await page('/legal-holds', people.admin)).text;
    expect(listed).toContain('>being lifted</span>');
    expect(listed).not.toContain('lift-hold?id=one');
    expect(listed).toContain('lift-hold?id=two');
  });

  it('are placed by an operator and lifted by an admin: nobody is offered what they may not do', async () => {
    await holds().addLegalHold({ ...why, id: 'one', sessionIds: ['private-1'] });
    for (const [path, offered] of [
      ['/legal-holds?consumer=school-a', ['place-hold?consumer=school-a', 'lift-hold?id=one']],
      ['/legal-hold?id=one', ['lift-hold?id=one']],
    ] as const) {
      const found = async (who: Visitor) =>
        [...(await page(path, who)).text.matchAll(/href="\/actions\/([^"]+)"/g)].map(([, action]) => action);
      expect(await found(people.viewer)).toEqual([]);
      expect(await found(people.operator)).toEqual(offered.filter((action) => !action.startsWith('lift')));
      expect(await found(people.admin)).toEqual(offered);
    }
  });

  describe('are placed', () => {
    const form = {
      hold: placedHold,
      consumer: 'school-a',
      on: 'sessions',
      ids: 'private-1\r\n\r\n private-2 \r\nprivate-1',
    };

    it('on what is typed into a form, which gives the hold its id', async () => {
      const asked = (await page('/actions/place-hold?consumer=school-b', people.operator)).text;
      expect(asked).toMatch(/name="hold" value="[0-9a-f-]{36}"/);
      expect(asked).toContain('<option selected>school-b</option>');
      const answer = await people.operator.act('/actions/place-hold', form);
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringContaining(`/legal-hold?id=${placedHold}&done=`),
      ]);
      expect(await holds().getLegalHold(placedHold)).toMatchObject({
        sessions: 2,
        reason: 'ticket 4711',
        by: 'olga',
        consumer: 'school-a',
      });
      const [entry] = (await dashboard.trail.page({}, { limit: 1 })).entries;
      expect(entry).toMatchObject({
        action: 'place-hold',
        target: placedHold,
        who: 'olga',
        outcome: 'done',
        detail: 'on 2 sessions of school-a',
      });
      expect((await page('/audit')).text).toContain(`href="/legal-hold?id=${placedHold}"`);
    });

    it('on a learner or an activity', async () => {
      const subjects = { user: { userId: 'private-learner' }, activity: { activityId: 'maths-2023' } };
      for (const [on, subject] of Object.entries(subjects)) {
        const hold = crypto.randomUUID();
        const ids = Object.values(subject).join('');
        expect((await people.operator.act('/actions/place-hold', { ...form, hold, on, ids })).status).toBe(303);
        expect(await holds().getLegalHold(hold)).toMatchObject({ on, ...subject, sessions: 0 });
      }
    });

    it('once by one form, and never changed by it', async () => {
      await people.operator.act('/actions/place-hold', form);
      const again = await people.operator.act('/actions/place-hold', { ...form, ids: 'private-3', reason: 'another' });
      expect([again.status, await again.text()]).toEqual([
        409,
        expect.stringContaining('has placed its legal hold already'),
      ]);
      expect(await holds().getLegalHold(placedHold)).toMatchObject({ sessions: 2, reason: 'ticket 4711' });
    });

    it('not anew by a form whose hold is being lifted', async () => {
      await people.operator.act('/actions/place-hold', form);
      const { base } = consumerKeys(dashboard.redis, dashboard.prefix, 'school-a');
      await dashboard.redis.hset(`${base}hold:${placedHold}`, { liftedAt: 1, removing: 1 });
      const again = await people.operator.act('/actions/place-hold', form);
      expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('it is being lifted')]);
    });

    it.each([
      ['nothing', { ids: ' \r\n ' }, 'Name what is to be held.'],
      ['two learners', { on: 'user', ids: 'private-1\nprivate-2' }, 'Name one learner or activity.'],
      ['a line that is too long for an id', { ids: `private-1\n${'x'.repeat(300)}` }, 'Line 2 must'],
      [
        'too many',
        { ids: Array.from({ length: 1_001 }, (_, n) => `private-${n}`).join('\n') },
        'must name at most 1,000',
      ],
      ['no reason', { reason: '' }, 'The reason is too short'],
    ])('not on %s: the form says why, and shows no id again', async (_what, wrong, words) => {
      const answer = await people.operator.act('/actions/place-hold', { ...form, ...wrong });
      const text = await answer.text();
      expect([answer.status, text]).toEqual([400, expect.stringContaining(words)]);
      expect(text).not.toMatch(/private-\d/);
      expect(text).toContain(`name="hold" value="${placedHold}"`);
      expect(await holds().legalHolds('school-a')).toEqual([]);
    });

    it.each([
      ['for a consumer that nobody announced', { consumer: 'nobody' }, 404],
      ['for none', { consumer: undefined }, 400],
      ['by a form that has no id', { hold: undefined }, 400],
      ['from more than a form may hold', { ids: 'x'.repeat(400_000) }, 413],
    ])('not %s', async (_what, wrong, status) => {
      const given = Object.entries({ ...form, ...wrong }).filter(([, value]) => value !== undefined);
      const answer = await people.operator.act(
        '/actions/place-hold',
        Object.fromEntries(given) as Record<string, string>,
      );
      expect(answer.status).toBe(status);
      expect(await holds().legalHolds('school-a')).toEqual([]);
    });

    it('without one of their ids in log, audit log or answer (invariant 9)', async () => {
      await people.operator.act('/actions/place-hold', { ...form, on: 'activity', ids: 'private-1' });
      await people.admin.act('/actions/lift-hold', { id: placedHold, confirmed: 'yes' });
      const told = JSON.stringify([(await dashboard.trail.page({}, { limit: 100 })).entries, dashboard.log]);
      expect(told).toContain(placedHold);
      expect(told).not.toMatch(/private-\d/);
    });
  });

  describe('are lifted', () => {
    it('for a reason and confirmed, and no other hold with them', async () => {
      await holds().addLegalHold({ ...why, id: 'one', sessionIds: ['private-1'] });
      await holds().addLegalHold({ ...why, id: 'two', sessionIds: ['private-1'] });
      const unconfirmed = await people.admin.act('/actions/lift-hold', { id: 'one' });
      expect(unconfirmed.status).toBe(400);
      const answer = await people.admin.act('/actions/lift-hold', { id: 'one', confirmed: 'yes' });
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringContaining('/legal-holds?done='),
      ]);
      expect((await holds().legalHolds('school-a')).map(({ id }) => id)).toEqual(['two']);
      expect((await page(answer.headers.get('location') ?? '', people.admin)).text).toContain(
        'The legal hold is lifted.',
      );
      const [entry] = (await dashboard.trail.page({}, { limit: 1 })).entries;
      expect(entry).toMatchObject({
        action: 'lift-hold',
        target: 'one',
        reason: 'ticket 4711',
        detail: 'on 1 session of school-a',
      });
      const again = await people.admin.act('/actions/lift-hold', { id: 'one', confirmed: 'yes' });
      expect([again.status, await again.text()]).toEqual([404, expect.stringContaining('has been lifted')]);
    });
  });

  describe('are led to', () => {
    it('from a request whose items they keep back', async () => {
      const { redis, prefix, records } = dashboard;
      const { base } = consumerKeys(redis, prefix, 'school-a');
      records.add(requestView({ id: 'r-1', state: 'failed', counts: { total: 2, failed: 2 } }));
      await redis.hset(`${base}request:r-1:codes`, { 'failed 20004': 1 });
      expect((await page('/requests?id=r-1')).text).not.toContain('/legal-holds?');
      await redis.hset(`${base}request:r-1:codes`, { 'failed legal_hold': 1 });
      expect((await page('/requests?id=r-1')).text).toContain('href="/legal-holds?consumer=school-a"');
    });

    it('from a request that waits for the sessions of a hold, and from the overview', async () => {
      await holds().addLegalHold({ ...why, id: 'one', userId: 'private-learner' });
      const message = 'The sessions of users and activities under a legal hold are looked up at Learnosity';
      dashboard.records.add(requestView({ id: 'r-2', state: 'accepted', waiting: { code: 'legal_hold', message } }));
      for (const path of ['/requests?id=r-2', '/']) {
        expect((await page(path)).text).toContain('href="/legal-holds?consumer=school-a"');
      }
      await resolve({ code: '41001', message: 'a wrong key' });
      expect((await page('/')).text).toContain('href="/legal-holds?consumer=school-a"');
      await holds().removeLegalHold('one', { reason: 'closed' });
      expect((await page('/')).text).not.toContain('href="/legal-holds?consumer=school-a"');
    });
  });
});
