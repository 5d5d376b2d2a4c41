import { describe, expect, test } from '@jest/globals';
import { Refusal, type SelectionView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { problemIn } from './support/problem.ts';
import { bearer, filter, key, selectionLab } from './support/selection-lab.ts';

leakGuard();

const lab = selectionLab();
const { post, get, made, looked } = lab;

describe('a selection over HTTP', () => {
  test('is made, says where it is, and shows how it goes on', async () => {
    const response = await post('/v1/selections', { filter, reason: 'retention', consumer: 'north' });
    const view = (await response.json()) as SelectionView;
    expect([response.status, response.headers.get('location')]).toEqual([202, `/v1/selections/${view.id}`]);
    const asked = { consumer: 'north', filter, reason: 'retention', requestedBy: 'desk' };
    expect(view).toMatchObject({ ...asked, state: 'walking', count: 0 });
    lab.queue.becomes(view.id, { waiting: { code: '429', message: 'over the quota' } });
    const waiting = await (await get(`/v1/selections/${view.id}`)).json();
    expect(waiting).toMatchObject({ ...asked, waiting: { code: '429' } });
    const ready = lab.queue.becomesReady(view.id, ['a', 'b']);
    expect(await (await get(`/v1/selections/${view.id}`)).json()).toEqual(ready);
  });

  test('is made once under its key, whatever is asked with it a second time', async () => {
    const first = await post('/v1/selections', { filter, reason: 'x' }, key);
    const again = await post('/v1/selections', { reason: 'x', filter }, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await again.text()).toBe(await first.text());
    const status = { filter, reason: 'x', breakdown: { by: 'status' } };
    for (const other of [
      { filter: { userIds: ['b'] }, reason: 'x' },
      { filter },
      { filter, consumer: 'north' },
      status,
    ]) {
      expect(await problemIn(await post('/v1/selections', other, key))).toMatchObject({ status: 422 });
    }
    expect(lab.queue.selections.size).toBe(1);
  });

  test('goes on under the same id after an answer that was lost', async () => {
    lab.queue.before = async () => {
      throw new Refusal('unavailable', 'the reply was lost');
    };
    expect((await post('/v1/selections', { filter }, key)).status).toBe(503);
    lab.queue.before = async () => {};
    const ids: string[] = [];
    for (const _ of [1, 2])
      ids.push(((await (await post('/v1/selections', { filter }, key)).json()) as SelectionView).id);
    expect([...lab.queue.selections.keys(), ids[1]]).toEqual([ids[0], ids[0]]);
  });

  test.each<[string, object, string, string]>([
    ['no filter', {}, 'filter', 'must be an object'],
    ['a filter that selects everything', { filter: {} }, 'filter', 'must give at least one of'],
    ['a status that is none', { filter: { statuses: ['Done'] } }, 'filter.statuses.0', 'must be one of Incomplete'],
    [
      'a part of a second',
      { filter: { updated: { to: '2024-01-01T00:00:00.5Z' } } },
      'filter.updated.to',
      'whole second',
    ],
    ['a field that is not known', { filter, all: true }, 'all', 'is not a known field'],
    [
      'a filter in the singular',
      { filter: { ...filter, activityId: 'a' } },
      'filter.activityId',
      'did you mean activityIds?',
    ],
    ['one status', { filter: { ...filter, status: 'Done' } }, 'filter.status', 'did you mean statuses?'],
    ['another spelling', { filter, keep_metadata: true }, 'keep_metadata', 'did you mean keepMetadata?'],
    ['a breakdown by nothing', { filter, breakdown: { by: 'activityId' } }, 'breakdown.values', 'is required'],
    ['a session id that is none', { filter: { sessionIds: ['private\n'] } }, 'filter.sessionIds.0', 'control'],
  ])('is refused over %s', async (_what, body, field, reason) => {
    const response = await post('/v1/selections', body);
    const text = await response.clone().text();
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ field, reason: expect.any(String) }] });
    expect(text).toContain(reason);
    expect(text).not.toContain('private');
    expect(lab.queue.selections.size).toBe(0);
  });

  test('takes three full lists of ids, and no body that is larger', async () => {
    const longest = (letter: string) =>
      Array.from({ length: 1_000 }, (_, n) => letter.repeat(251) + String(n).padStart(4, '0'));
    const full = { sessionIds: longest('s'), userIds: longest('u'), activityIds: longest('a') };
    expect((await post('/v1/selections', { filter: full })).status).toBe(202);
    expect((await problemIn(await post('/v1/selections', `"${'x'.repeat(1024 * 1024)}"`))).status).toBe(413);
  });

  test('ends when it is cancelled, as often as one likes', async () => {
    const id = await made();
    for (const _ of [1, 2])
      expect(await (await post(`/v1/selections/${id}/cancel`)).json()).toMatchObject({ id, state: 'cancelled' });
  });

  test('that is not there is no unknown request', async () => {
    const answers = [
      get('/v1/selections/none'),
      get('/v1/selections/none/sessions'),
      post('/v1/selections/none/cancel'),
      post('/v1/deletions', { selection: 'none', expectDigest: '0'.repeat(64), expectCount: 1 }),
    ];
    for (const answer of await Promise.all(answers)) {
      const problem = await problemIn(answer);
      expect(problem).toMatchObject({ status: 404, type: 'urn:problem-type:session-queue:unknown-selection' });
      expect(problem.detail).toContain('no selection has this id');
    }
  });

  test('is logged by who makes and cancels it, and neither its filter nor a session', async () => {
    const id = await made({ filter: { ...filter, sessionIds: ['private-session'] }, reason: 'private reason' });
    lab.queue.becomesReady(id, ['private-session']);
    await (await get(`/v1/selections/${id}/sessions`)).text();
    await post(`/v1/selections/${id}/cancel`);
    await post('/v1/selections/private-session/cancel');
    const changes = lab.producer.logged.map((line) => JSON.parse(line) as object).filter((entry) => 'change' in entry);
    const own = { by: 'desk', selection: id, consumer: 'default', msg: 'a selection was changed' };
    expect(changes).toEqual(['create', 'cancel'].map((change) => expect.objectContaining({ change, ...own })));
    expect(lab.producer.logged.filter((line) => line.includes('private'))).toEqual([]);
  });
});

describe('a token for some consumers', () => {
  test('selects of them alone, and sees no selection of others', async () => {
    const north = bearer('north');
    const foreign = await post('/v1/selections', { filter, consumer: 'south' }, north);
    expect(await problemIn(foreign)).toMatchObject({ status: 403, errors: [{ field: 'consumer' }] });
    expect((await post('/v1/selections', { filter, consumer: 'north' }, north)).status).toBe(202);
    const theirs = await looked(['a'], 'south');
    const calls = (id: string) => [
      get(`/v1/selections/${id}`, north),
      get(`/v1/selections/${id}/sessions`, north),
      post(`/v1/selections/${id}/cancel`, undefined, north),
      post('/v1/deletions', { ...theirs, selection: id }, north),
    ];
    const [seen, unknown] = await Promise.all(
      [theirs.selection, 'none'].map(async (id) => {
        const problems = (await Promise.all(calls(id))).map(async (answer) => await problemIn(answer));
        return await Promise.all(problems);
      }),
    );
    expect(seen).toEqual(unknown);
    for (const problem of seen ?? []) expect(problem.status).toBe(404);
    expect(lab.queue.selections.get(theirs.selection)?.view.state).toBe('ready');
    expect(lab.queue.kept.size).toBe(0);
  });
});
