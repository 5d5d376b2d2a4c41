import { describe, expect, test } from '@jest/globals';
import type { ConsumerOptions } from '../src/index.ts';
import { key, secret } from './stage/caller.ts';
import { ids, referenceOf, refused, rows, type Stage, stage } from './stage/stage.ts';

const lifted = { quotas: { deletion: null } };
const every = ['queued', 'running', 'halted', 'completed'];

async function jobOf({ deletion }: Stage, id: string): Promise<string> {
  return referenceOf(await deletion([id]));
}

describe('get jobs', () => {
  test('shows only completed jobs unless asked for more', async () => {
    const on = await stage();
    const reference = await jobOf(on, 'a');
    expect((await on.jobs({ references: [reference] })).body).toMatchObject({ meta: { records: 0 }, data: [] });
    expect((await on.jobs({ references: [reference], status: every })).data).toHaveLength(1);
    on.advance(10_000);
    expect((await on.jobs({ references: [reference] })).data).toHaveLength(1);
    expect((await on.jobs({ references: [reference], status: ['queued', 'running', 'halted'] })).data).toEqual([]);
  });

  test('shows a job go from queued to running to completed', async () => {
    const on = await stage({ jobMs: { min: 4000, max: 4000 } });
    await jobOf(on, 'a');
    const seen: string[] = [];
    for (let step = 0; step <= 400; step += 1) {
      const answer = await on.jobs({ status: every });
      const [job] = rows(answer);
      if (seen.at(-1) !== job?.status) seen.push(String(job?.status));
      on.advance(10);
    }
    expect(seen).toEqual(['queued', 'running', 'completed']);
  });

  test('describes a job by its documented properties', async () => {
    const on = await stage({ jobMs: { min: 3000, max: 3000 } });
    const reference = await jobOf(on, 'a');
    on.advance(9000);
    expect((await on.jobs({})).data).toEqual([
      {
        reference,
        type: 'session_deletion',
        status: 'completed',
        dt_created: '2026-07-01 12:00:30',
        dt_completed: '2026-07-01 12:00:33',
      },
    ]);
    expect((await on.jobs({ include: ['status'] })).data).toEqual([{ status: 'completed' }]);
  });

  test('pages by 50, with next only while there is more', async () => {
    const on = await stage(lifted);
    const references: string[] = [];
    for (const id of ids(101)) references.push(await jobOf(on, id));
    on.advance(10_000);
    const pages: string[][] = [];
    let next: string | undefined;
    do {
      const answer = await on.jobs({
        references: [...references].reverse(),
        ...(next === undefined ? {} : { next }),
      });
      pages.push(rows(answer).map(({ reference }) => String(reference)));
      expect(answer.meta.records).toBe(pages.at(-1)?.length);
      next = answer.meta.next;
    } while (next !== undefined);
    expect(pages.map((page) => page.length)).toEqual([50, 50, 1]);
    expect(pages.flat()).toEqual(references);
    expect((await on.jobs({ limit: 7 })).data).toHaveLength(7);
  });

  test('has no next after a page that is exactly full', async () => {
    const on = await stage(lifted);
    for (const id of ids(50)) await jobOf(on, id);
    on.advance(10_000);
    const answer = await on.jobs({});
    expect(answer.data).toHaveLength(50);
    expect(answer.meta).not.toHaveProperty('next');
  });

  test('takes up to 1000 references, known or not', async () => {
    const on = await stage();
    const reference = await jobOf(on, 'a');
    on.advance(10_000);
    const answer = await on.jobs({ references: [...ids(999), reference] });
    expect(answer.data).toHaveLength(1);
    expect(refused(await on.jobs({ references: ids(1001) }))).toEqual({ status: 400, code: 20002 });
  });

  test('keeps to the span of creation times, to the second, in both forms', async () => {
    const on = await stage();
    const created = on.now();
    await jobOf(on, 'a');
    on.advance(10_000);
    const second = Math.floor(created / 1000);
    const iso = new Date(created).toISOString();
    const count = async (request: object) => rows(await on.jobs(request)).length;
    expect(await count({ mintime: second, maxtime: second })).toBe(1);
    expect(await count({ mintime: iso, maxtime: iso })).toBe(1);
    expect(await count({ mintime: `${second}` })).toBe(1);
    expect(await count({ maxtime: '2026-07-01 12:00:30' })).toBe(1);
    expect(await count({ mintime: second + 1 })).toBe(0);
    expect(await count({ maxtime: second - 1 })).toBe(0);
    expect(await count({ maxtime: '2026-07-01' })).toBe(0);
  });

  test.each([
    [{ limit: 51 }, 20004],
    [{ limit: 0 }, 20004],
    [{ limit: '5' }, 20003],
    [{ references: [] }, 20001],
    [{ references: 'x' }, 20003],
    [{ status: 'completed' }, 20003],
    [{ status: ['done'] }, 20004],
    [{ include: ['secret'] }, 20004],
    [{ mintime: 'yesterday' }, 20004],
    [{ maxtime: {} }, 20003],
    [{ next: 'x' }, 20004],
    [{ organisation_id: 'x' }, 20003],
    [{ reference: ['x'] }, 20004],
  ])('refuses %j', async (request, code) => {
    const { jobs } = await stage();
    expect(refused(await jobs(request))).toEqual({ status: 400, code });
  });

  test('shows a consumer its own jobs only', async () => {
    const other: ConsumerOptions = { key: 'other', secret: 'its own', domains: ['localhost'] };
    const on = await stage({ consumers: [{ key, secret, domains: ['localhost'] }, other] });
    const references = [await jobOf(on, 'a')];
    on.advance(10_000);
    const asOther = { key: other.key, secret: other.secret };
    expect((await on.jobs({ references }, asOther)).data).toEqual([]);
    expect((await on.jobs({}, asOther)).data).toEqual([]);
    expect((await on.jobs({ references })).data).toHaveLength(1);
  });

  test('shows halted jobs, whose sessions stay', async () => {
    const on = await stage({ haltRate: 1 });
    await jobOf(on, 'a');
    on.advance(10_000);
    const answer = await on.jobs({ status: ['halted'] });
    expect(answer.data).toMatchObject([{ status: 'halted', dt_completed: null }]);
    expect((await on.jobs({})).data).toEqual([]);
    expect(on.fake.session('a').deletedAt).toBeNull();
    expect(on.fake.books().jobs).toEqual({ created: 1, open: 0, halted: 1, completed: 0 });
  });
});
