import { describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { largeItems } from '../src/streams/stream-room.ts';
import { problemIn } from './support/problem.ts';
import { bearer, key, selectionLab } from './support/selection-lab.ts';

leakGuard();

const lab = selectionLab();
const { post, looked } = lab;

describe('the deletion of a selection', () => {
  test('is a request for exactly what was looked at, with its notes', async () => {
    const chosen = await looked(['a', 'b'], 'north');
    const notes = { reason: 'retention', priority: 'low', notBefore: new Date(Date.now() + 60_000).toISOString() };
    const response = await post('/v1/deletions', { ...chosen, ...notes });
    const request = (await response.json()) as { id: string };
    expect([response.status, response.headers.get('location')]).toEqual([202, `/v1/requests/${request.id}`]);
    const counts = expect.objectContaining({ total: 2, pending: 2 });
    expect(request).toMatchObject({ ...notes, kind: 'deletion', consumer: 'north', requestedBy: 'desk', counts });
    expect(lab.queue.kept.get(request.id)?.items).toEqual(['a', 'b']);
    expect(await lab.producer.logEntry({ change: 'create', kind: 'deletion' })).toMatchObject({ request: request.id });
  });

  test('is one request under its key, also once the selection is gone', async () => {
    const chosen = await looked(['a', 'b']);
    const first = await post('/v1/deletions', { ...chosen, reason: 'x' }, key);
    await post(`/v1/selections/${chosen.selection}/cancel`);
    const again = await post('/v1/deletions', { ...chosen, reason: 'x', priority: 'high' }, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(await again.text()).toBe(await first.text());
    const other = await problemIn(await post('/v1/deletions', { ...chosen, reason: 'y' }, key));
    expect(other).toMatchObject({ status: 422, type: expect.stringMatching(/:key-reused$/) });
    expect(lab.queue.kept.size).toBe(1);
  });

  test('is the same request again under its key, once its selection has aged out', async () => {
    const chosen = await looked(['a', 'b'], 'north');
    const { 'Idempotency-Key': name } = key;
    const ask = async (more: object = {}, token = 'all') =>
      await post('/v1/deletions', { ...chosen, ...more }, { ...bearer(token), 'Idempotency-Key': name });
    const first = await ask();
    lab.queue.selections.clear();
    const again = await ask();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(await again.text()).toBe(await first.text());
    expect(await problemIn(await ask({ reason: 'y' }))).toMatchObject({ status: 422 });
    for (const unknown of [ask({ selection: 'another' }), post('/v1/deletions', chosen), ask({}, 'south')]) {
      expect(await problemIn(await unknown)).toMatchObject({ type: expect.stringMatching(/:unknown-selection$/) });
    }
    expect(lab.queue.kept.size).toBe(1);
  });

  test.each([
    ['another digest', { expectDigest: '0'.repeat(64) }],
    ['another count', { expectCount: 3 }],
  ])('is a conflict for whoever has seen %s, and leaves the key free', async (_what, wrong) => {
    const chosen = await looked(['a', 'b']);
    const problem = await problemIn(await post('/v1/deletions', { ...chosen, ...wrong }, key));
    const title = 'The state of the request or selection does not allow this';
    expect(problem).toMatchObject({ status: 409, title, detail: expect.stringContaining('2 sessions') });
    expect(lab.queue.kept.size).toBe(0);
    expect((await post('/v1/deletions', chosen, key)).status).toBe(202);
  });

  test.each<[string, object, string]>([
    ['session ids beside it', { sessionIds: ['a'] }, 'sessionIds'],
    ['no digest', { expectDigest: undefined }, 'expectDigest'],
    ['a digest that is none', { expectDigest: 'abc' }, 'expectDigest'],
    ['no count', { expectCount: undefined }, 'expectCount'],
    ['no selection', { selection: undefined }, 'selection'],
    ['another consumer than its own', { consumer: 'south' }, 'consumer'],
    ['a field that is not known', { filter: {} }, 'filter'],
  ])('is refused over %s', async (_what, wrong, field) => {
    const chosen = await looked(['a', 'b']);
    const problem = await problemIn(await post('/v1/deletions', { ...chosen, ...wrong }));
    expect(problem).toMatchObject({ status: 400, errors: [{ field }] });
    expect(lab.queue.kept.size).toBe(0);
  });

  test('is refused with its fields in the query', async () => {
    const problem = await problemIn(await post('/v1/deletions?selection=x', await looked(['a'])));
    expect(problem).toMatchObject({ status: 400, errors: [{ field: 'selection' }] });
  });

  test('takes longer than Redis may be silent, as long as it moves', async () => {
    const chosen = await looked(Array.from({ length: 5_000 }, (_, n) => `s${n}`));
    lab.queue.beforeStored = async () => await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await post('/v1/deletions', chosen)).status).toBe(202);
  });

  test('of a large one waits for its turn among large uploads', async () => {
    const chosen = await looked(Array.from({ length: largeItems + 1 }, (_, n) => `s${n}`));
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let stored = 0;
    lab.queue.beforeStored = async () => {
      stored += 1;
      if (stored <= 2) await Promise.race([gate, new Promise((resolve) => setTimeout(resolve, 400))]);
    };
    const two = [post('/v1/deletions', chosen), post('/v1/deletions', chosen)];
    await eventually(() => Promise.resolve(stored >= 2 || undefined));
    const third = await problemIn(await post('/v1/deletions', chosen));
    expect(third).toMatchObject({ status: 503, type: expect.stringMatching(/:busy$/) });
    letGo();
    for (const answer of await Promise.all(two)) expect(answer.status).toBe(202);
    expect((await post('/v1/deletions', chosen)).status).toBe(202);
  });
});
