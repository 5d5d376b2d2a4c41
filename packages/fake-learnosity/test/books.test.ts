import { describe, expect, test } from '@jest/globals';
import { booksSchema, fullBooksSchema } from '../src/index.ts';
import { key } from './stage/caller.ts';
import { base64, ids, referenceOf, stage } from './stage/stage.ts';

async function read(url: string, path: string): Promise<unknown> {
  const reply = await fetch(url + path);
  expect(reply.status).toBe(200);
  return reply.json();
}

describe('the books', () => {
  test('add up: every call received is accepted, refused or lost', async () => {
    const { deletion, fake } = await stage();
    fake.script({ fault: 'cut', match: { holding: ['cut'] } });
    fake.script({ fault: 'error', status: 500, match: { holding: ['500'] } });
    fake.script({ fault: 'badJson', match: { holding: ['spoilt'] } });
    await deletion(['a', 'b']);
    await deletion(['500']);
    await deletion(['cut']).catch(() => undefined);
    await deletion([]);
    await deletion(['spoilt']);
    await deletion(['over']);
    await deletion(['forged'], { secret: 'x' });
    expect(fake.books().consumers[key]?.deletion).toEqual({
      received: 7,
      counted: 5,
      accepted: 2,
      items: 3,
      refused429: 1,
      refused: { 'http-500': 1, 20001: 1, 41003: 1 },
      lost: 1,
      spoilt: 1,
      abandoned: 0,
      misrouted: 0,
      quota: 5,
      windowMs: 5000,
      mostInWindow: { received: 7, counted: 5, refused429: 1 },
      firstArrival: expect.any(Number),
      lastArrival: expect.any(Number),
    });
  });

  test('say when the first and the last call came', async () => {
    const { jobs, advance, now, fake } = await stage();
    const start = now();
    expect(fake.books().consumers[key]?.jobs).toMatchObject({ firstArrival: null, lastArrival: null });
    await jobs({});
    advance(70);
    await jobs({});
    expect(fake.books().consumers[key]?.jobs).toMatchObject({ firstArrival: start, lastArrival: start + 70 });
  });

  test('read over HTTP are those in the process: totals, and items when asked', async () => {
    const { deletion, resubmission, advance, now, fake } = await stage({ seed: 'books' });
    const created = now();
    await deletion([...ids(2), 'an "id" \\ of another kind']);
    await resubmission([base64('x')]);
    advance(4000);
    const totals = booksSchema.strict().parse(await read(fake.url, '/__books'));
    expect(totals).toEqual(fake.books());
    expect(totals.seed).toBe('books');
    const full = fullBooksSchema.parse(await read(fake.url, '/__books?items=1'));
    expect(full).toEqual(fake.fullBooks());
    expect(Object.keys(full.perSession)).toEqual([...ids(2), 'an "id" \\ of another kind']);
    expect(full.perJob).toMatchObject([
      { kind: 'deletion', items: 3, consumer: key, createdAt: created },
      { kind: 'resubmission', items: 1, consumer: key, createdAt: created },
    ]);
    for (const { state, finishedAt } of full.perJob) expect(finishedAt !== null).toBe(state === 'completed');
  });

  test('hold thousands of sessions over HTTP', async () => {
    const { deletion, fake } = await stage({ quotas: { deletion: null } });
    for (let call = 0; call < 60; call += 1) await deletion(ids(50, call * 50));
    const full = fullBooksSchema.parse(await read(fake.url, '/__books?items=1'));
    expect(Object.keys(full.perSession)).toEqual(ids(3000));
    expect(full.sessions).toMatchObject({ named: 3000, distinct: 3000 });
  });

  test('start anew with a reset: calls, quota, jobs, scripts and deletions are forgotten', async () => {
    const { deletion, jobs, advance, fake } = await stage({ gone: ['lost'], script: [{ fault: 'halted', times: 1 }] });
    const references: string[] = [];
    for (const id of ['a', 'b', 'c', 'd', 'e']) references.push(referenceOf(await deletion([id])));
    advance(4000);
    fake.script({ fault: 'cut' });
    expect((await fetch(`${fake.url}/__reset`, { method: 'POST' })).status).toBe(200);
    const { seed, ...books } = fake.books();
    expect(books).toMatchObject({
      consumers: { [key]: { deletion: { received: 0, mostInWindow: { received: 0 } } } },
      sessions: { named: 0, distinct: 0, deleted: 0 },
      jobs: { created: 0 },
    });
    expect((await jobs({ references, status: ['queued', 'running', 'halted', 'completed'] })).data).toEqual([]);
    const again = referenceOf(await deletion(['b', 'lost']));
    expect(references).not.toContain(again);
    advance(10_000);
    // The script of the start is in force again, and what was listed as gone still is.
    expect(fake.books()).toMatchObject({ seed, sessions: { named: 2, absent: 1 }, jobs: { halted: 1, completed: 0 } });
  });

  test('have nothing at other paths', async () => {
    const { fake } = await stage();
    expect((await fetch(`${fake.url}/__nothing`)).status).toBe(404);
    expect((await fetch(`${fake.url}/__books`, { method: 'DELETE' })).status).toBe(404);
    expect(fake.books().strays.received).toBe(0);
  });

  test('wait for what they are asked to show, or say what they show instead', async () => {
    const { jobs, fake } = await stage();
    const waited = fake.until(({ consumers }) => consumers[key]?.jobs.accepted === 1);
    await jobs({});
    expect((await waited).consumers[key]?.jobs.accepted).toBe(1);
    await expect(fake.until(() => false, 10)).rejects.toThrow(/not so within 10 ms: .*"accepted":1/);
  });
});

describe('a lean stand-in', () => {
  test('keeps totals only', async () => {
    const { deletion, resubmission, advance, fake } = await stage({ lean: true, gone: ['lost'] });
    await deletion(['a', 'lost']);
    await deletion(['a']);
    await resubmission([base64('x'), base64('y')]);
    advance(10_000);
    const { perSession, perSubmission, ...books } = fake.fullBooks();
    expect(books).toMatchObject({
      lean: true,
      sessions: { named: 3, distinct: null, repeated: null, absent: 1, deleted: 2 },
      submissions: { held: 2, distinct: null, repeated: null, stored: 2 },
      jobs: { created: 3, completed: 3 },
    });
    expect(perSession).toEqual({ lost: { calls: 1, deletedAt: null } });
    expect(perSubmission).toEqual({});
  });
});
