import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestReader, Selections, SessionQueue } from '@session-queue/core/client';
import { leakGuard } from '@session-queue/testing';
import { BothWays, refusalOf, ways } from './both-ways.ts';

leakGuard();

let both: BothWays;
beforeAll(async () => {
  both = await BothWays.start();
});
afterAll(() => both.stop());

const filter = { userIds: ['u1'], completed: { to: '2024-01-01T00:00:00Z' } };

describe.each(ways)('a selection over %s', (way) => {
  let queue: SessionQueue & Selections & RequestReader;
  let name: string;
  let count = 0;
  beforeEach(async () => {
    await both.redis.flushall();
    queue = both.queue(way);
    count += 1;
    name = `${way}-${count}`;
  });

  async function found(id: string): Promise<string[]> {
    const all: string[] = [];
    for await (const some of queue.selectedSessions(id)) {
      expect(some.length).toBeLessThanOrEqual(1_000);
      all.push(...some);
    }
    return all;
  }

  /** A selection that found these, as somebody has looked at it. */
  async function looked(sessionIds: readonly string[], consumer = 'default') {
    const { id } = await queue.select({ filter, consumer });
    await both.find(id, sessionIds, consumer);
    const { digest: expectDigest = '', count: expectCount } = await queue.getSelection(id);
    return { selection: id, expectDigest, expectCount };
  }

  test('is made with its notes, and shown the same at once and later', async () => {
    const made = await queue.select({ id: name, filter, consumer: 'north', reason: 'law', requestedBy: 'lms' });
    const asked = { filter, consumer: 'north', reason: 'law', requestedBy: 'lms' };
    expect(made).toMatchObject({ ...asked, state: 'walking', count: 0, pages: 0, shown: 0 });
    expect(await queue.getSelection(made.id)).toEqual(made);
  });

  test('with the same id is the same selection, and with another filter none', async () => {
    const first = await queue.select({ id: name, filter });
    await both.find(first.id, ['a']);
    const again = await queue.select({ id: name, filter });
    expect(again).toMatchObject({ id: first.id, state: 'ready', count: 1, createdAt: first.createdAt });
    expect(await refusalOf(queue.select({ id: name, filter: { userIds: ['u2'] } }))).toMatchObject({
      code: 'id_taken',
    });
  });

  test('is ready with its count, its digest and its sessions, whatever they are called', async () => {
    const odd = ['a,b', 'say "x"', 'ümläut ✓', ' space', '88336e4c-04de-4274-ae31-39957b230f98'];
    const many = [...odd, ...Array.from({ length: 4_500 }, (_, n) => `session ${n} ${'x'.repeat(n % 200)}`)];
    const { selection } = await looked(many);
    expect(await queue.getSelection(selection)).toMatchObject({
      state: 'ready',
      count: many.length,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      finishedAt: expect.any(String),
    });
    expect(await found(selection)).toEqual(many);
    for await (const some of queue.selectedSessions(selection)) {
      expect(some[0]).toBe('a,b');
      break;
    }
  });

  test('stands in a list, the newest first, by its state, consumer and who asked', async () => {
    const ask = async (consumer: string, requestedBy: string) =>
      (await queue.select({ filter, consumer, requestedBy })).id;
    const ids = [await ask('north', 'a'), await ask('south', 'a'), await ask('north', 'b')];
    await both.find(ids[0] ?? '', ['x', 'y'], 'north');
    const idsOf = async (...asked: Parameters<typeof queue.listSelections>) =>
      (await queue.listSelections(...asked)).selections.map(({ id }) => id);
    expect((await idsOf()).toSorted()).toEqual(ids.toSorted());
    const [first = ''] = ids;
    expect((await queue.listSelections({ state: 'ready' })).selections).toEqual([await queue.getSelection(first)]);
    expect(await idsOf({ consumers: ['south'] })).toEqual([ids[1]]);
    expect(await idsOf({ consumers: [] })).toEqual([]);
    expect((await idsOf({ consumers: ['north', 'south'], requestedBy: 'a' })).toSorted()).toEqual(
      ids.slice(0, 2).toSorted(),
    );
    const moment = new Date(Date.now() + 60_000).toISOString();
    expect(await idsOf({ since: moment })).toEqual([]);
    const paged: string[] = [];
    for (let next: string | undefined; ; ) {
      const page = await queue.listSelections({}, { limit: 2, ...(next !== undefined && { next }) });
      paged.push(...page.selections.map(({ id }) => id));
      if (page.next === undefined) break;
      next = page.next;
    }
    expect(paged).toEqual(await idsOf());
    // One that has aged out leaves it.
    await both.redis.del(`test:{north}:selection:${first}`);
    expect(await idsOf({ consumers: ['north'] })).toEqual([ids[2]]);
    expect(await both.redis.zcard('test:{north}:selections')).toBe(1);
    expect(await refusalOf(queue.listSelections({}, { limit: 201 }))).toMatchObject({
      code: 'invalid',
      field: 'limit',
    });
    expect(await refusalOf(queue.listSelections({}, { next: 'x' }))).toMatchObject({ code: 'invalid', field: 'next' });
  });

  describe('that keeps metadata', () => {
    const many = ['a,b', ...Array.from({ length: 1_204 }, (_, n) => `session ${n}`)];

    async function kept(): Promise<string> {
      const { id, keepMetadata } = await queue.select({ filter, keepMetadata: true });
      expect(keepMetadata).toBe(true);
      await both.find(id, many);
      return id;
    }
    async function exported(id: string): Promise<unknown[]> {
      const all: unknown[] = [];
      for await (const some of queue.selectedMetadata(id)) {
        expect(some.length).toBeLessThanOrEqual(1_000);
        all.push(...some.map((line): unknown => JSON.parse(line)));
      }
      return all;
    }

    test('gives that of each session, in their order, as Learnosity answered', async () => {
      const of = (session_id: string) => ({ user_id: 'learner', session_id, metadata: { course: 'maths' } });
      expect(await exported(await kept())).toEqual(many.map(of));
    });

    test('gives none where it is not ready, or keeps none', async () => {
      const { id: walking } = await queue.select({ filter, keepMetadata: true });
      expect(await refusalOf(exported(walking))).toMatchObject({ code: 'conflict' });
      await queue.cancelSelection(walking);
      const { selection } = await looked(['a']);
      const refusal = await refusalOf(exported(selection));
      expect(refusal).toMatchObject({ code: 'conflict', message: expect.stringContaining('keeps no metadata') });
      expect(await refusalOf(exported('nobody'))).toMatchObject({ code: 'not_found' });
    });

    test('never gives a part of it for all', async () => {
      const id = await kept();
      const key = `test:{default}:selection:${id}`;
      await both.redis.hincrby(key, 'kept', -1);
      expect(await refusalOf(exported(id))).toMatchObject({ code: 'conflict' });
      await both.redis.hincrby(key, 'kept', 1);
      await both.redis.rpop(`${key}:metadata`);
      expect(['conflict', 'unavailable']).toContain((await refusalOf(exported(id))).code);
    });

    test('is another one than one that keeps none', async () => {
      await queue.select({ id: name, filter, keepMetadata: true });
      expect(await queue.select({ id: name, filter, keepMetadata: true })).toMatchObject({ keepMetadata: true });
      expect(await refusalOf(queue.select({ id: name, filter }))).toMatchObject({ code: 'id_taken' });
    });
  });

  test('of nothing is ready, and there is nothing to delete', async () => {
    const nothing = await looked([]);
    expect(await found(nothing.selection)).toEqual([]);
    const refusal = await refusalOf(queue.deleteSelection(nothing));
    expect(refusal).toMatchObject({ code: 'conflict', message: expect.stringContaining('empty') });
  });

  test('shows no sessions and is not deleted while it walks, nor once it is cancelled', async () => {
    const { id } = await queue.select({ filter });
    const chosen = { selection: id, expectDigest: '0'.repeat(64), expectCount: 0 };
    for (const state of ['walking', 'cancelled']) {
      for (const call of [() => found(id), () => queue.deleteSelection(chosen)]) {
        const refusal = await refusalOf(call());
        expect(refusal).toMatchObject({ code: 'conflict', message: expect.stringContaining(`is ${state}`) });
      }
      for (const _ of [1, 2]) expect(await queue.cancelSelection(id)).toMatchObject({ id, state: 'cancelled' });
    }
  });

  test('that loses a session is neither shown as whole nor deleted', async () => {
    const chosen = await looked(['a', 'b', 'c']);
    await both.redis.lpop(`test:{default}:selection:${chosen.selection}:items`);
    expect(['conflict', 'unavailable']).toContain((await refusalOf(found(chosen.selection))).code);
    expect(await refusalOf(queue.deleteSelection(chosen))).toMatchObject({ code: 'conflict' });
    expect((await queue.listRequests()).requests).toEqual([]);
  });

  test('is deleted as it was looked at, with its notes, and once under the same id', async () => {
    const chosen = await looked(['a', 'b'], 'north');
    const notes = { reason: 'law', requestedBy: 'lms', priority: 'low' } as const;
    const request = await queue.deleteSelection({ ...chosen, ...notes, id: name });
    expect(request).toMatchObject({ ...notes, kind: 'deletion', consumer: 'north', counts: { total: 2, pending: 2 } });
    expect(await queue.getSelection(chosen.selection)).toMatchObject({ request: request.id });
    await queue.hold(request.id);
    const again = await queue.deleteSelection({ ...chosen, ...notes, id: name });
    expect(again).toMatchObject({ id: request.id, state: 'held' });
    const other = await looked(['a', 'b', 'c'], 'north');
    expect(await refusalOf(queue.deleteSelection({ ...other, ...notes, id: name }))).toMatchObject({
      code: 'id_taken',
    });
    expect((await queue.listRequests()).requests).toHaveLength(1);
    // Redis counts in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2));
    const second = await queue.deleteSelection({ ...chosen, ...notes, id: `${name}-second` });
    expect(await queue.getSelection(chosen.selection)).toMatchObject({ request: second.id });
    // It may not have been written down when the request was made: the same call again does so, and takes nothing from the newest.
    await queue.deleteSelection({ ...chosen, ...notes, id: name });
    expect(await queue.getSelection(chosen.selection)).toMatchObject({ request: second.id });
    if (way === 'HTTP') return;
    await both.redis.hdel(`test:{north}:selection:${chosen.selection}`, 'request');
    for (const one of [request, second]) {
      await queue.deleteSelection({ ...chosen, ...notes, id: one.id });
      expect(await queue.getSelection(chosen.selection)).toMatchObject({ request: one.id });
    }
  });

  test('is, asked for again, the request that stands, whatever has become of the selection', async () => {
    const chosen = await looked(['a', 'b']);
    const request = await queue.deleteSelection({ ...chosen, id: name });
    expect(request).toMatchObject({ selection: chosen.selection });
    const { selection } = chosen;
    await queue.cancelSelection(selection);
    expect(await queue.deleteSelection({ ...chosen, id: name })).toEqual(request);
    await both.redis.del(`test:selection:${selection}`, `test:{default}:selection:${selection}`);
    expect(await queue.deleteSelection({ ...chosen, id: name })).toEqual(request);
    expect(await queue.getRequest(request.id)).toEqual(request);
    const other = { ...chosen, expectDigest: '0'.repeat(64) };
    const refusals = await Promise.all([
      refusalOf(queue.deleteSelection({ ...other, id: name })),
      refusalOf(queue.deleteSelection({ ...chosen, id: `${name}-other` })),
    ]);
    // Over HTTP the key belongs to what was asked with it first.
    expect(refusals.map(({ code }) => code)).toEqual([way === 'Redis' ? 'not_found' : 'id_taken', 'not_found']);
    expect((await queue.listRequests()).requests).toHaveLength(1);
    // Another one that is made under its id does not lead there; over HTTP the key gives the first one for its 24 hours.
    if (way === 'HTTP') return;
    await queue.select({ id: selection, filter: { userIds: ['u2'] } });
    expect(await queue.deleteSelection({ ...chosen, id: name })).toEqual(request);
    expect(await queue.getSelection(selection)).not.toHaveProperty('request');
  });

  test.each<[string, object, object]>([
    [
      'another digest',
      { expectDigest: '0'.repeat(64) },
      { code: 'conflict', message: expect.stringMatching(/expectDigest/) },
    ],
    [
      'another count',
      { expectCount: 3 },
      { code: 'conflict', message: expect.stringMatching(/holds 2 .* 3 are expected/) },
    ],
    ['a digest that is none', { expectDigest: 'x' }, { code: 'invalid', field: 'expectDigest' }],
    ['a count that is none', { expectCount: 1.5 }, { code: 'invalid', field: 'expectCount' }],
    ['another consumer', { consumer: 'south' }, { code: 'invalid', field: 'consumer' }],
    ['a reason that is none', { reason: '' }, { code: 'invalid', field: 'reason' }],
    [
      'another selection',
      { selection: 'nobody' },
      { code: 'not_found', message: expect.stringMatching(/no selection/) },
    ],
  ])('is not deleted with %s, and nothing is kept', async (_what, wrong, refusal) => {
    const chosen = await looked(['a', 'b']);
    expect(await refusalOf(queue.deleteSelection({ ...chosen, ...wrong }))).toMatchObject(refusal);
    expect((await queue.listRequests()).requests).toEqual([]);
  });

  test.each<[string, object, object]>([
    ['no filter', { filter: undefined }, { field: 'filter' }],
    ['a filter that selects all', { filter: {} }, { field: 'filter' }],
    ['a status that is none', { filter: { statuses: ['x'] } }, { field: 'filter.statuses.0' }],
    ['a reason that is none', { filter, reason: '' }, { field: 'reason' }],
    ['an unknown consumer', { filter, consumer: 'south' }, { code: 'unknown_consumer', field: 'consumer' }],
  ])('is refused over %s', async (_what, input, refusal) => {
    await both.announce('north', 'default');
    const call = queue.select(input as { filter: typeof filter });
    expect(await refusalOf(call)).toMatchObject({ code: 'invalid', ...refusal });
  });

  test.each(['nobody', '', '..'])('named %j is not known', async (id) => {
    for (const call of [() => queue.getSelection(id), () => queue.cancelSelection(id), () => found(id)]) {
      const refusal = await refusalOf(call());
      expect(refusal).toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('no selection has this id'),
      });
    }
  });
});
