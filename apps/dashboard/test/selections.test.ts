import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { numberWords } from '../src/pages/number-words.ts';
import { operator, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { PageEvents } from './harness/events.ts';
import { requestView } from './harness/request-views.ts';
import { readySelection, selectionView } from './harness/selection-views.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

const digest = 'ab'.repeat(32);

describe('Selections', () => {
  let dashboard: TestDashboard;
  let olga: Visitor;
  let vera: Visitor;

  beforeAll(async () => {
    dashboard = await startDashboard();
    olga = await signedInVisitor(dashboard, operator);
    vera = await signedInVisitor(dashboard, viewer);
  });
  afterAll(async () => await dashboard.stop());
  beforeEach(() => {
    const private_ = { userIds: ['private-learner'], sessionIds: ['private-session', 'another'] };
    const completed = { from: '2023-01-01T00:00:00Z', to: '2024-01-01T00:00:00Z' };
    dashboard.records.deletions.length = 0;
    dashboard.records.addSelections(
      selectionView({ id: 'walking', filter: { ...private_, completed }, count: 600, pages: 12, requestedBy: 'ann' }),
      readySelection({ id: 'chosen', consumer: 'school-b', reason: 'retention <b>' }),
      readySelection({ id: 'empty', count: 0 }),
      selectionView({ id: 'failed', state: 'failed', error: { code: '20001', message: 'a filter is wrong' } }),
    );
  });

  const page = async (path: string, visitor = vera) => {
    const response = await visitor.get(path);
    return { status: response.status, text: await response.text() };
  };

  it('are listed with state, count, filter in words, who and when, and how far the walk is', async () => {
    const { text } = await page('/selections');
    expect(text).toContain('<a href="/selections" aria-current="page">');
    for (const words of ['600', '12 pages read', 'of the activity maths-2023', 'ann', '1,250', 'school-b']) {
      expect(text).toContain(words);
    }
    expect(text).toContain(
      'among 2 session ids; of 1 learner; completed after 2023-01-01 00:00:00 UTC and before 2024-01-01 00:00:00 UTC',
    );
    const narrowed = (await page('/selections?state=ready&consumer=school-b')).text;
    expect([...narrowed.matchAll(/href="\/selection\?id=(\w+)"/g)].map(([, id]) => id)).toEqual(['chosen']);
    expect((await page('/selections?consumer=nobody')).text).toContain('No selection is like that.');
  });

  it('are listed a page at a time', async () => {
    dashboard.records.addSelections(
      ...Array.from({ length: 50 }, (_, n) => readySelection({ id: `many-${n}`, consumer: 'many' })),
    );
    dashboard.records.addSelections(readySelection({ id: 'last', consumer: 'many' }));
    const first = (await page('/selections?consumer=many')).text;
    expect(first).not.toContain('id=last');
    const next = /<a href="([^"]+)" rel="next">/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = (await page(next)).text;
    expect(second).toContain('id=last');
    expect(second).toContain('<a href="/selections?consumer=many">The newest</a>');
  });

  it('show no session or learner on any page or event (invariant 9)', async () => {
    const texts = [await page('/selections'), await page('/selection?id=walking'), await page('/selection?id=failed')];
    const asked = await page('/actions/cancel-selection?id=walking', olga);
    const events = await PageEvents.open(vera, '/selection/events?id=walking');
    const change = JSON.stringify(await events.next());
    await events.close();
    expect(change).toContain('600');
    for (const text of [...texts.map(({ text }) => text), asked.text, change]) {
      expect(text).not.toMatch(/private-(learner|session)/);
    }
  });

  it('lead to the request that deletes them', async () => {
    dashboard.records.addSelections(readySelection({ id: 'deleted', request: 'its/deletion' }));
    expect((await page('/selection?id=deleted')).text).toContain(
      '<a href="/requests?id=its%2Fdeletion">its/deletion</a>',
    );
    expect((await page('/selection?id=chosen')).text).not.toContain('A request deletes it');
  });

  it('say how they divide where that was asked for, also while they walk, and name no learner', async () => {
    const share = (value: string, inSelection: number, shown = inSelection) => ({ value, count: shown, inSelection });
    const failed = { value: 'Discarded', count: 2, error: { code: '20001', message: 'it was refused' } };
    const values = [share('Completed', 1_000, 1_008), failed];
    const byStatus = { by: 'status' as const, walked: 3, pages: 27, values };
    const learners = [share('private-learner', 900), share('private-learner-2', 340)];
    dashboard.records.addSelections(
      readySelection({ id: 'by-status', breakdown: byStatus }),
      readySelection({ id: 'by-user', breakdown: { by: 'userId', walked: 2, pages: 9, values: learners, other: 10 } }),
      selectionView({
        id: 'counted',
        breakdown: { by: 'activityId', walked: 0, pages: 3, values: [{ value: 'maths <b>', count: 150 }] },
      }),
      selectionView({ id: 'gone', state: 'cancelled', breakdown: byStatus }),
    );
    const { text } = await page('/selection?id=by-status');
    for (const words of [
      'By status',
      '27 pages read',
      '1,000',
      '80 %',
      '1,008 shown',
      'it was refused (20001)',
      'unknown',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain('None of these');
    const { text: users } = await page('/selection?id=by-user');
    for (const words of ['By learner', 'no. 2 of those named', '340', 'None of these']) expect(users).toContain(words);
    expect(users).not.toContain('private-learner');
    const events = await PageEvents.open(vera, '/selection/events?id=counted');
    const change = JSON.stringify(await events.next());
    await events.close();
    for (const words of ['0 of 1 value walked', '150 shown so far', 'maths &lt;b&gt;']) expect(change).toContain(words);
    expect((await page('/selection?id=gone')).text).not.toContain('By status');
  });

  it('have a page each: count, digest and filter, why it failed, and what may be done', async () => {
    const { text } = await page('/selection?id=chosen', olga);
    for (const words of ['Selection of 1,250 sessions', digest, 'retention &lt;b&gt;', 'school-b', '25 pages']) {
      expect(text).toContain(words);
    }
    expect(text).toContain('href="/actions/delete-selection?id=chosen"');
    expect(text).toContain('href="/actions/cancel-selection?id=chosen"');
    expect((await page('/selection?id=chosen')).text).not.toContain('/actions/');
    expect((await page('/selection?id=failed')).text).toContain('a filter is wrong (20001)');
    const empty = (await page('/selection?id=empty', olga)).text;
    expect(empty).not.toContain('delete-selection');
    expect(await page('/selection?id=nobody')).toMatchObject({ status: 404 });
    expect((await vera.get('/selection')).headers.get('location')).toBe('/selections');
  });

  it('are led to from the request that deletes them', async () => {
    dashboard.records.add(requestView({ id: 'r-1', counts: { total: 2, pending: 2 }, selection: 'chosen' }));
    expect((await page('/requests?id=r-1')).text).toContain('href="/selection?id=chosen"');
  });

  describe('are deleted', () => {
    const field = (text: string, name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? '';
    const form = async () => {
      const { text } = await page('/actions/delete-selection?id=chosen', olga);
      expect(text).toContain('Type 1,250 (one thousand two hundred and fifty) to go on');
      return Object.fromEntries(['id', 'digest', 'count', 'request'].map((name) => [name, field(text, name)]));
    };

    it('as they were looked at, once, and by whom and why stands in the audit log', async () => {
      const asked = await form();
      const { request = '' } = asked;
      const sent = { ...asked, typed: '1,250' };
      for (const _ of [1, 2]) {
        const answer = await olga.act('/actions/delete-selection', sent);
        expect([answer.status, answer.headers.get('location')]).toEqual([
          303,
          expect.stringContaining(`/requests?id=${request}&done=`),
        ]);
      }
      const chosen = { selection: 'chosen', expectDigest: digest, expectCount: 1_250, id: request };
      const [first, second] = dashboard.records.deletions;
      expect(first).toMatchObject({ ...chosen, reason: 'ticket 4711', requestedBy: 'olga' });
      expect(second?.id).toBe(first?.id);
      const [entry] = (await dashboard.trail.page({}, { limit: 1 })).entries;
      const detail = `request ${request}: 1,250 sessions of school-b, digest ${digest}`;
      expect(entry).toMatchObject({
        action: 'delete-selection',
        target: 'chosen',
        who: 'olga',
        outcome: 'done',
        detail,
      });
      expect((await page('/audit')).text).toContain('href="/selection?id=chosen"');
    });

    it.each([
      ['another number', { typed: '125' }, 400],
      ['no number', { typed: '' }, 400],
      ['no digest', { typed: '1250', digest: undefined }, 400],
      ['another digest', { typed: '1250', digest: 'cd'.repeat(32) }, 409],
      ['another count', { typed: '1249', count: '1249' }, 409],
      ['a request that is no id', { typed: '1250', request: 'private' }, 400],
    ])('by nobody who says %s', async (_what, wrong, status) => {
      const given = Object.entries({ ...(await form()), ...wrong }).filter(([, value]) => value !== undefined);
      const answer = await olga.act('/actions/delete-selection', Object.fromEntries(given) as Record<string, string>);
      expect(answer.status).toBe(status);
      expect(dashboard.records.deletions).toEqual([]);
    });

    it('only once they are ready', async () => {
      const { status, text } = await page('/actions/delete-selection?id=walking', olga);
      expect({ status, says: text.includes('only one that is ready can be deleted') }).toEqual({
        status: 409,
        says: true,
      });
    });
  });
});

describe('A number in words', () => {
  it.each([
    [0, 'zero'],
    [17, 'seventeen'],
    [40, 'forty'],
    [99, 'ninety-nine'],
    [100, 'one hundred'],
    [1_250, 'one thousand two hundred and fifty'],
    [20_005, 'twenty thousand and five'],
    [125_000, 'one hundred and twenty-five thousand'],
    [5_000_000, 'five million'],
    [1_250_001, 'one million two hundred and fifty thousand and one'],
  ])('of %d is %s', (value, words) => {
    expect(numberWords(value)).toBe(words);
  });
});
