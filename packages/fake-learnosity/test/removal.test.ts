import { describe, expect, test } from '@jest/globals';
import { fullBooksSchema } from '../src/index.ts';
import { ids, rows, type Stage, stage } from './stage/stage.ts';

const sessions = ['a', 'b', 'c'];
const jobMs = { min: 1000, max: 1000 };

async function shown(on: Stage): Promise<unknown[]> {
  return rows(await on.metadata({ sort: 'asc' })).map(({ session_id }) => session_id);
}

describe('a removal', () => {
  test('is at once and for good where no script says otherwise', async () => {
    const on = await stage({ sessions, jobMs });
    await on.deletion(['a']);
    on.advance(999);
    expect(await shown(on)).toEqual(['a', 'b', 'c']);
    on.advance(1);
    expect(await shown(on)).toEqual(['b', 'c']);
    on.advance(86_400_000);
    expect(await shown(on)).toEqual(['b', 'c']);
    expect(on.fake.books().sessions).toMatchObject({ deleted: 1, lingering: 0, reappeared: 0 });
  });

  test('may be slow: the session is gone with its job, and shown for a while', async () => {
    const on = await stage({ sessions, jobMs, goneAnswer: 'refuse-named' });
    on.fake.script({ fault: 'slowRemoval', min: 5000, max: 5000, items: ['a'] });
    await on.deletion(['a', 'b']);
    on.advance(5999);
    expect(await shown(on)).toEqual(['a', 'c']);
    expect(on.fake.books().sessions).toMatchObject({ deleted: 2, lingering: 1 });
    expect((await on.deletion(['a'])).meta).toMatchObject({ code: 20016 });
    on.advance(1);
    expect(await shown(on)).toEqual(['c']);
    expect(on.fake.books().sessions).toMatchObject({ deleted: 2, lingering: 0 });
    const removedAt = on.now() - 5000;
    expect(on.fake.session('a')).toEqual({ calls: 1, deletedAt: removedAt, shownUntil: on.now() });
    expect(on.fake.session('b')).toEqual({ calls: 1, deletedAt: removedAt });
  });

  test('may not last: the session comes back as it was, and can be deleted again', async () => {
    const on = await stage({ sessions, jobMs });
    on.fake.script({ fault: 'reappearance', min: 5000, max: 5000, items: ['a'], times: 1 });
    await on.deletion(['a', 'b']);
    on.advance(5999);
    expect(await shown(on)).toEqual(['c']);
    on.advance(1);
    expect(await shown(on)).toEqual(['a', 'c']);
    expect(on.fake.books().sessions).toMatchObject({ deleted: 2, reappeared: 1 });
    expect(on.fake.session('a')).toMatchObject({ deletedAt: on.now() - 5000, reappearsAt: on.now() });
    await on.deletion(['a']);
    on.advance(10_000);
    expect(await shown(on)).toEqual(['c']);
    expect(on.fake.session('a')).toEqual({ calls: 2, deletedAt: on.now() - 9000 });
    expect(on.fake.books().sessions).toMatchObject({ absent: 0, deleted: 3, reappeared: 0 });
  });

  test('that ends while the session is away finds nothing to remove', async () => {
    const on = await stage({ sessions, jobMs });
    on.fake.script({ fault: 'reappearance', min: 5000, max: 5000, times: 1 });
    await on.deletion(['a']);
    on.advance(2000);
    await on.deletion(['a']);
    on.advance(10_000);
    expect(await shown(on)).toEqual(['a', 'b', 'c']);
    expect(on.fake.books().sessions).toMatchObject({ absent: 1, deleted: 1, reappeared: 1 });
  });

  test('may be slow and not last: there is a time between in which the session is not shown', async () => {
    const on = await stage({ sessions, jobMs });
    on.fake.script({ fault: 'slowRemoval', min: 1000, max: 1000, prefix: 'a' });
    on.fake.script({ fault: 'reappearance', min: 3000, max: 3000, prefix: 'a' });
    await on.deletion(['a']);
    const seen: boolean[] = [];
    for (let second = 0; second < 5; second += 1) {
      seen.push((await shown(on)).includes('a'));
      on.advance(1000);
    }
    expect(seen).toEqual([true, true, false, false, true]);
  });

  test('strikes the share of sessions that the script says, and the books name them', async () => {
    const on = await stage({ sessions: ids(400), jobMs, seed: 'share', quotas: { deletion: null } });
    on.fake.script({ fault: 'slowRemoval', min: 60_000, max: 120_000, share: 0.25 });
    for (let call = 0; call < 8; call += 1) await on.deletion(ids(50, call * 50));
    on.advance(1000);
    const { lingering, deleted } = on.fake.books().sessions;
    expect(deleted).toBe(400);
    expect(lingering).toBeGreaterThan(60);
    expect(lingering).toBeLessThan(140);
    const full = fullBooksSchema.parse(await (await fetch(`${on.fake.url}/__books?items=1`)).json());
    const named = Object.entries(full.perSession).filter(([, { shownUntil }]) => shownUntil !== undefined);
    const stillShown = [...on.fake.sessions()].filter((session) => session.shown);
    expect(named.map(([id]) => id)).toEqual(stillShown.map(({ sessionId }) => sessionId));
    expect(stillShown).toHaveLength(lingering);
    expect(stillShown.some(({ exists }) => exists)).toBe(false);
  });

  test('is none when the job is halted', async () => {
    const on = await stage({ sessions, jobMs });
    on.fake.script({ fault: 'halted' });
    on.fake.script({ fault: 'reappearance', min: 0, max: 0 });
    await on.deletion(['a']);
    on.advance(10_000);
    expect(await shown(on)).toEqual(['a', 'b', 'c']);
    expect(on.fake.session('a')).toEqual({ calls: 1, deletedAt: null });
  });

  test('is forgotten with a reset', async () => {
    const on = await stage({ sessions, jobMs });
    on.fake.script({ fault: 'slowRemoval', min: 60_000, max: 60_000 });
    await on.deletion(['a']);
    on.advance(1000);
    expect(on.fake.books().sessions.lingering).toBe(1);
    on.fake.reset();
    expect(on.fake.books().sessions.lingering).toBe(0);
    expect(on.fake.session('a')).toEqual({ calls: 0, deletedAt: null });
  });
});
