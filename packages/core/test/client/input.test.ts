import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { mixedIds } from '../requests/id-shapes.ts';
import { ClientLab, submissions } from './client-lab.ts';

leakGuard();

let lab: ClientLab;
beforeAll(async () => {
  lab = await ClientLab.start();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.lab.redis.flushall();
  lab.lab.next();
});

describe('an id', () => {
  test('may be any text, and names one request for ever', async () => {
    for (const id of ['a', 'with space', 'ümlaut/é😀', '{braces}', '12-34', '1.5', 'x'.repeat(255)]) {
      expect(await lab.accepted(['a', 'b'], id)).toBe(id);
      expect(await lab.view(id)).toMatchObject({ id, state: 'accepted' });
      expect((await lab.queues.deletion.getJob(id))?.data).toMatchObject({ request: id });
    }
  });

  test.each([
    ['nothing', ''],
    ['a colon', 'a:b'],
    ['a control character', 'a\nb'],
    ['256 characters', 'x'.repeat(256)],
    ['a whole number', '17'],
    ['a negative one', '-17'],
    ['what BullMQ reads as no number', 'NaN'],
    ['half of a 4-byte character', 'a\ud83d'],
    ['a key of its queue', 'wait'],
    ['another key of its queue', 'meta'],
    ['the longest key of its queue', 'waiting-children'],
  ])('that is or holds %s is refused before anything is stored', async (_name, id) => {
    await expect(lab.accepted(['a'], id)).rejects.toMatchObject({ code: 'invalid', field: 'id' });
    expect(await lab.lab.redis.keys(`*${lab.consumer}*`)).toEqual([]);
    expect(await lab.lab.redis.keys('test:index:*')).toEqual([]);
  });

  test('that is taken by other items, another kind or another consumer is refused', async () => {
    await lab.accepted(['a', 'b'], 'r');
    const taken = { code: 'id_taken' };
    const { consumer, client } = lab;
    await expect(client.deleteSessions({ consumer, id: 'r', sessionIds: ['a'] })).rejects.toMatchObject(taken);
    await expect(client.resubmit({ consumer, id: 'r', submissions: submissions(1) })).rejects.toMatchObject(taken);
    await expect(client.deleteSessions({ consumer: 'other', id: 'r', sessionIds: ['a', 'b'] })).rejects.toMatchObject(
      taken,
    );
    expect(await lab.view('r')).toMatchObject({ kind: 'deletion', consumer, counts: { total: 2 } });
  });

  test('of a request that was refused may be used for the corrected one', async () => {
    const { consumer, client } = lab;
    await expect(client.deleteSessions({ consumer, id: 'r', sessionIds: ['a', ''] })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await client.getRequest('r')).toBeUndefined();
    expect(await lab.lab.redis.exists('test:index:r')).toBe(0);
    expect((await client.deleteSessions({ consumer, id: 'r', sessionIds: ['a', 'b'] })).state).toBe('accepted');
    expect(await lab.lab.redis.ttl('test:index:r')).toBe(-1);
  });
});

describe('bad input is refused with its field, and never repeated', () => {
  const { consumer } = { consumer: 'c' };

  test.each([
    ['a string', 'private'],
    ['a number', 7],
    ['nothing', undefined],
    ['null', null],
    ['an object', { 0: 'private' }],
  ])('%s instead of a list', async (_name, sessionIds) => {
    const input = { consumer, sessionIds } as unknown as { sessionIds: string[] };
    const refusal = { code: 'invalid', field: 'sessionIds', message: 'must be a list' };
    await expect(lab.client.deleteSessions(input)).rejects.toMatchObject(refusal);
    const other = { consumer, submissions: sessionIds } as unknown as { submissions: string[] };
    await expect(lab.client.resubmit(other)).rejects.toMatchObject({ ...refusal, field: 'submissions' });
  });

  test('an empty list', async () => {
    const refusal = { code: 'invalid', message: 'must hold at least one item' };
    await expect(lab.client.deleteSessions({ consumer, sessionIds: [] })).rejects.toMatchObject({
      ...refusal,
      field: 'sessionIds',
    });
    await expect(lab.client.resubmit({ consumer, submissions: new Set<string>() })).rejects.toMatchObject({
      ...refusal,
      field: 'submissions',
    });
  });

  test.each([
    [['a', 'private\n'], 'sessionIds[1]', 'must hold no control characters'],
    [[...mixedIds(1_200), 7], 'sessionIds[1200]', 'must be a string'],
    [['private\ud800'], 'sessionIds[0]', 'must be well-formed Unicode'],
  ])('a bad item %#', async (items, field, message) => {
    const refused = lab.client.deleteSessions({ consumer, sessionIds: items as string[] });
    await expect(refused).rejects.toMatchObject({ code: 'invalid', field, message });
    await expect(refused).rejects.not.toThrow('private');
  });

  test.each([
    [{ reason: '' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
    [{ requestedBy: 'a\u0000b' }, 'requestedBy'],
    [{ requestedBy: 'x'.repeat(201) }, 'requestedBy'],
    [{ consumer: 'no spaces' }, 'consumer'],
    [{ consumer: '' }, 'consumer'],
  ])('a bad note %#', async (notes, field) => {
    await expect(lab.client.deleteSessions({ ...notes, sessionIds: ['a'] })).rejects.toMatchObject({
      code: 'invalid',
      field,
    });
  });
});
