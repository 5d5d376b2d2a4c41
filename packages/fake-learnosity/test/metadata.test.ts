import { describe, expect, test } from '@jest/globals';
import type { SessionSeed } from '../src/index.ts';
import { ids, refused, rows, type Stage, stage } from './stage/stage.ts';

const at = (minute: number) => Date.UTC(2026, 5, 1, 10, minute);

const seeds: SessionSeed[] = [
  { sessionId: 'a', userId: 'u1', activityId: 'x', status: 'Completed', updatedAt: at(1), metadata: { tag: 1 } },
  { sessionId: 'b', userId: 'u2', activityId: 'x', status: 'Incomplete', updatedAt: at(3), startedAt: at(1) },
  { sessionId: 'c', userId: 'u1', activityId: 'y', status: 'Discarded', updatedAt: at(2), completedAt: at(2) },
  { sessionId: 'bare', metadata: null },
];

async function shown(on: Stage, request: object): Promise<string[]> {
  const answer = await on.metadata(request);
  return rows(answer).map(({ session_id }) => String(session_id));
}

describe('get session metadata', () => {
  test('answers user, session and metadata of the sessions asked for', async () => {
    const { metadata } = await stage({ sessions: seeds });
    const answer = await metadata({ session_id: ['a', 'nobody'] });
    expect(answer.meta).toMatchObject({ status: true, records: 1, next: expect.any(String) });
    expect(answer.data).toEqual([{ user_id: 'u1', session_id: 'a', metadata: { tag: 1 } }]);
  });

  test.each([
    [{}, ['b', 'c', 'a']],
    [{ sort: 'asc' }, ['a', 'c', 'b']],
    [{ user_id: ['u1'] }, ['c', 'a']],
    [{ activity_id: ['x'], user_id: ['u1', 'u2'] }, ['b', 'a']],
    [{ status: ['Incomplete', 'Discarded'] }, ['b', 'c']],
    [{ mintime: '2026-06-01T10:02:00Z' }, ['b', 'c']],
    [{ maxtime: Math.floor(at(2) / 1000) }, ['c', 'a']],
    [{ mintime_completed: '2026-06-01T00:00:00Z' }, ['c']],
    [{ maxtime_started: '2026-06-01T10:05' }, ['b']],
  ])('filters and sorts by %j', async (request, expected) => {
    expect(await shown(await stage({ sessions: seeds }), request)).toEqual(expected);
  });

  test('shows no session whose metadata was never set, and none that was deleted', async () => {
    const on = await stage({ sessions: seeds });
    expect(await shown(on, { session_id: ['bare'] })).toEqual([]);
    await on.deletion(['a']);
    expect(await shown(on, { session_id: ['a'] })).toEqual(['a']);
    on.advance(10_000);
    expect(await shown(on, { session_id: ['a'] })).toEqual([]);
  });

  test('shows any session that is asked for, where every one exists', async () => {
    const on = await stage({ gone: ['lost'] });
    expect(await shown(on, { session_id: ['anything', 'lost'], sort: 'asc' })).toEqual(['anything']);
    expect(await shown(on, {})).toEqual([]);
  });

  test.each(['asc', 'desc'])('pages by 50 %s, with next on every page that is not empty', async (sort) => {
    const on = await stage({ clock: () => Date.UTC(2026, 6, 1, 12, 0, 30) + 0.25 });
    const wanted = ids(120);
    const pages: string[][] = [];
    let next: string | undefined;
    do {
      const answer = await on.metadata({ session_id: wanted, sort, ...(next === undefined ? {} : { next }) });
      pages.push(rows(answer).map(({ session_id }) => String(session_id)));
      next = answer.meta.next;
    } while (next !== undefined);
    expect(pages.map((page) => page.length)).toEqual([50, 50, 20, 0]);
    expect(pages.flat().sort()).toEqual(wanted);
  });

  test.each(['asc', 'desc'])('may be scripted to ask for the wrong page (%s)', async (sort) => {
    const on = await stage({ sessions: ids(6) });
    const page = async (next?: string) => {
      const answer = await on.metadata({ sort, limit: 2, ...(next !== undefined && { next }) });
      return { shown: rows(answer).map(({ session_id }) => session_id), next: answer.meta.next };
    };
    const first = await page();
    const second = await page(first.next);
    on.fake.script({ fault: 'wrongNext', times: 1 });
    expect(await page(first.next)).toEqual({ ...second, next: first.next });
    on.fake.script({ fault: 'wrongNext', next: 'first', times: 1 });
    const circling = await page(first.next);
    expect(circling.shown).toEqual(second.shown);
    expect(await page(circling.next)).toEqual(first);
    on.fake.script({ fault: 'wrongNext', next: 'none', times: 1 });
    expect(await page(first.next)).toEqual({ ...second, next: undefined });
  });

  test.each([
    [{ session_id: ids(1001) }, 20002],
    [{ user_id: [] }, 20001],
    [{ status: ['done'] }, 20004],
    [{ sort: 'up' }, 20004],
    [{ limit: 51 }, 20004],
    [{ next: '1' }, 20004],
  ])('refuses wrong parameters (%#)', async (request, code) => {
    const { metadata } = await stage();
    expect(refused(await metadata(request))).toEqual({ status: 400, code });
  });
});
