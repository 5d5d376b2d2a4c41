import { describe, expect, test } from '@jest/globals';
import type { SessionNow } from '../src/index.ts';
import { rows, type Stage, stage } from './stage/stage.ts';

const day = 86_400_000;

/** Every id that the filter selects, page by page until the empty one. */
async function walk(on: Stage, filter: object): Promise<string[]> {
  const found: string[] = [];
  let next: string | undefined;
  do {
    const answer = await on.metadata({ ...filter, ...(next === undefined ? {} : { next }) });
    found.push(...rows(answer).map(({ session_id }) => String(session_id)));
    next = answer.meta.next;
  } while (next !== undefined);
  return found;
}

function selected(on: Stage, fits: (session: SessionNow) => boolean): string[] {
  return [...on.fake.sessions()].filter((session) => session.shown && fits(session)).map(({ sessionId }) => sessionId);
}

function post(on: Stage, body: unknown): Promise<Response> {
  return fetch(`${on.fake.url}/__sessions`, { method: 'POST', body: JSON.stringify(body) });
}

describe('made sessions', () => {
  test('are as many as asked for, spread over users, activities, times and statuses', async () => {
    const on = await stage({ makeSessions: { count: 2000, users: 20, activities: 5 }, seed: 'made' });
    const made = [...on.fake.sessions()];
    expect(new Set(made.map(({ sessionId }) => sessionId)).size).toBe(2000);
    expect(new Set(made.map(({ userId }) => userId)).size).toBe(20);
    expect(new Set(made.map(({ activityId }) => activityId)).size).toBe(5);
    expect(new Set(made.map(({ status }) => status)).size).toBe(4);
    const completed = made.filter(({ completedAt }) => completedAt !== null);
    expect(completed.length).toBeGreaterThan(1500);
    expect(completed.length).toBeLessThan(1900);
    for (const { startedAt, updatedAt, completedAt, exists, shown } of made) {
      expect(startedAt).toBeGreaterThanOrEqual(on.now() - 30 * day);
      expect(updatedAt).toBeGreaterThanOrEqual(startedAt);
      expect(updatedAt).toBeLessThanOrEqual(on.now());
      expect([null, updatedAt]).toContain(completedAt);
      expect([exists, shown]).toEqual([true, true]);
    }
  });

  test('are the same for the same seed, and others for another', async () => {
    const made = async (seed: string) => {
      const on = await stage({ makeSessions: { count: 100 }, seed });
      on.fake.makeSessions({ count: 10 });
      return [...on.fake.sessions()];
    };
    const first = await made('one');
    expect(await made('one')).toEqual(first);
    expect(new Set([...first, ...(await made('two'))].map(({ sessionId }) => sessionId)).size).toBe(220);
  });

  test.each<[string, object, (session: SessionNow) => boolean]>([
    ['all', {}, () => true],
    ['all, the oldest first', { sort: 'asc' }, () => true],
    ['those of two users', { user_id: ['user-3', 'user-7'] }, ({ userId }) => ['user-3', 'user-7'].includes(userId)],
    [
      'those of an activity and a status',
      { activity_id: ['activity-2'], status: ['Completed'], sort: 'asc' },
      ({ activityId, status }) => activityId === 'activity-2' && status === 'Completed',
    ],
    [
      'those started before a time',
      { maxtime_started: '2026-06-20T00:00:00Z' },
      ({ startedAt }) => startedAt < Date.UTC(2026, 5, 20) + 1000,
    ],
  ])('are walked page by page: %s', async (_, filter, fits) => {
    const makeSessions = { count: 700, users: 10, activities: 4, withoutMetadata: 0.1 };
    const on = await stage({ makeSessions, seed: 'walk' });
    const found = await walk(on, filter);
    const expected = selected(on, fits);
    expect(expected.length).toBeGreaterThan(50);
    expect([...found].sort()).toEqual([...expected].sort());
    const times = new Map([...on.fake.sessions()].map(({ sessionId, updatedAt }) => [sessionId, updatedAt]));
    const updates = found.map((id) => times.get(id) ?? 0);
    if ('sort' in filter) updates.reverse();
    expect(updates).toEqual(updates.toSorted((a, b) => b - a));
  });

  test('never show without metadata, and exist all the same', async () => {
    const on = await stage({ makeSessions: { count: 300, withoutMetadata: 0.3 }, seed: 'bare' });
    const bare = [...on.fake.sessions()].filter(({ metadata }) => metadata === null).map(({ sessionId }) => sessionId);
    expect(bare.length).toBeGreaterThan(50);
    expect(bare.length).toBeLessThan(130);
    const found = await walk(on, {});
    expect(found).toHaveLength(300 - bare.length);
    expect(found.filter((id) => bare.includes(id))).toEqual([]);
    expect(await walk(on, { session_id: bare })).toEqual([]);
    await on.deletion(bare.slice(0, 50));
    on.advance(10_000);
    expect(on.fake.books().sessions).toMatchObject({ named: 50, absent: 0, deleted: 50 });
  });

  test('do not move the pages of a walk when some are deleted meanwhile', async () => {
    const on = await stage({ makeSessions: { count: 150 }, seed: 'meanwhile' });
    const all = await walk(on, {});
    const first = await on.metadata({});
    await on.deletion([...all.slice(0, 10), ...all.slice(60, 70)]);
    on.advance(10_000);
    const second = await on.metadata({ next: first.meta.next });
    expect(rows(second).map(({ session_id }) => session_id)).toEqual([...all.slice(50, 60), ...all.slice(70, 110)]);
  });

  test('do not let every other id exist', async () => {
    const on = await stage({ makeSessions: { count: 1 } });
    await on.deletion(['anything']);
    expect(on.fake.books().sessions.absent).toBe(1);
  });

  test.each([[{ count: 0 }], [{ count: 1, withoutMetadata: 2 }], [{ count: 1, from: 2, to: 1 }]])(
    'are refused where the numbers cannot be: %j',
    async (makeSessions) => {
      await expect(stage({ makeSessions })).rejects.toThrow();
      const on = await stage({ sessions: [] });
      expect((await post(on, { make: makeSessions })).status).toBe(400);
      expect([...on.fake.sessions()]).toEqual([]);
    },
  );
});

describe('sessions given while it runs', () => {
  test('exist from then on, over HTTP as in the process, and after a reset', async () => {
    const on = await stage({ sessions: ['first'] });
    expect(await walk(on, {})).toEqual(['first']);
    const reply = await post(on, { sessions: ['second', { sessionId: 'third', userId: 'u', metadata: { n: 1 } }] });
    expect([reply.status, await reply.json()]).toEqual([201, { given: 2 }]);
    expect(await walk(on, { user_id: ['u'] })).toEqual(['third']);
    on.fake.giveSessions([{ sessionId: 'bare', metadata: null }]);
    expect((await post(on, { make: { count: 3, users: 1 } })).status).toBe(201);
    expect(await walk(on, { user_id: ['user-1'] })).toHaveLength(3);
    on.fake.reset();
    expect(await walk(on, {})).toHaveLength(6);
  });

  test('exist also when they were deleted before', async () => {
    const on = await stage({ sessions: ['a'] });
    await on.deletion(['a']);
    on.advance(10_000);
    expect(await walk(on, {})).toEqual([]);
    on.fake.giveSessions([{ sessionId: 'a', userId: 'again' }]);
    expect(await walk(on, { user_id: ['again'] })).toEqual(['a']);
    expect(on.fake.session('a')).toEqual({ calls: 1, deletedAt: null });
  });

  test('are listed with what has become of them, a line each', async () => {
    const on = await stage({ sessions: ['kept', 'gone', { sessionId: 'bare', metadata: null }] });
    await on.deletion(['gone']);
    on.advance(10_000);
    const text = await (await fetch(`${on.fake.url}/__sessions`)).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SessionNow);
    expect(lines).toEqual([...on.fake.sessions()]);
    expect(lines.map(({ sessionId, exists, shown }) => [sessionId, exists, shown])).toEqual([
      ['kept', true, true],
      ['gone', false, false],
      ['bare', true, false],
    ]);
  });

  test.each([
    [{}],
    [{ sessions: [] }],
    [{ sessions: [{ id: 'a' }] }],
    [{ sessions: ['a'], make: { count: 1 } }],
    ['a'],
  ])('are refused as a whole where one is malformed: %j', async (body) => {
    const on = await stage({ sessions: ['only'] });
    const reply = await post(on, body);
    expect([reply.status, await reply.json()]).toEqual([400, { error: expect.any(String) }]);
    expect(await walk(on, {})).toEqual(['only']);
  });
});
