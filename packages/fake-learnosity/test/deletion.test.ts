import { describe, expect, test } from '@jest/globals';
import { ids, refused, stage } from './stage/stage.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Nothing removed lingers or has come back. */
const settled = { lingering: 0, reappeared: 0 };

describe('a deletion', () => {
  test('of 50 sessions is answered with an array of one reference', async () => {
    const { deletion, now } = await stage();
    const reply = await deletion(ids(50));
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.body).toEqual({
      meta: { status: true, timestamp: Math.floor(now() / 1000) },
      data: [{ job_reference: expect.stringMatching(uuid) }],
    });
  });

  test.each([
    ['no list', undefined, 20000],
    ['a text', 'a', 20003],
    ['an empty list', [], 20001],
    ['51 ids', ids(51), 20002],
    ['a number', [1], 20003],
    ['an empty id', [''], 20001],
  ])('with %s is refused', async (_, list, code) => {
    const { deletion } = await stage();
    expect(refused(await deletion(list))).toEqual({ status: 400, code });
  });

  test('removes its sessions when its job completes, not before', async () => {
    const { deletion, advance, now, fake } = await stage({ jobMs: { min: 2000, max: 2000 } });
    await deletion(['one', 'two']);
    advance(1999);
    expect(fake.session('one')).toEqual({ calls: 1, deletedAt: null });
    advance(5000);
    expect(fake.session('one')).toEqual({ calls: 1, deletedAt: now() - 4999 });
    expect(fake.books().sessions).toEqual({ named: 2, distinct: 2, repeated: 0, absent: 0, deleted: 2, ...settled });
  });

  test('that comes again is accepted, and booked as repeated and absent', async () => {
    const { deletion, advance, fake } = await stage();
    await deletion(['one', 'two', 'two']);
    advance(10_000);
    const [first] = [fake.session('one').deletedAt];
    await deletion(['one']);
    advance(10_000);
    expect(fake.session('one')).toEqual({ calls: 2, deletedAt: first });
    expect(fake.session('two').calls).toBe(1);
    expect(fake.books().sessions).toEqual({ named: 3, distinct: 2, repeated: 1, absent: 1, deleted: 2, ...settled });
  });

  test('that comes again may be refused as not found, with the id named', async () => {
    const { deletion, advance } = await stage({ goneAnswer: 'refuse-named' });
    await deletion(['one']);
    advance(10_000);
    const reply = await deletion(['two', 'one']);
    expect(refused(reply)).toEqual({ status: 400, code: 20016 });
    expect(reply.meta.message).toContain('one');
    expect(reply.meta.message).not.toContain('two');
  });

  test('of a session listed as gone may be refused without a name', async () => {
    const { deletion, fake } = await stage({ gone: ['lost'], goneAnswer: 'refuse-unnamed' });
    const reply = await deletion(['here', 'lost']);
    expect(refused(reply)).toEqual({ status: 400, code: 20016 });
    expect(reply.meta.message).toBe('Session not found');
    expect(fake.session('here').calls).toBe(0);
  });

  test('of a session that was never seeded is of an absent one', async () => {
    const { deletion, advance, fake } = await stage({ sessions: ['known', { sessionId: 'known too' }] });
    await deletion(['known', 'known too', 'unknown']);
    advance(10_000);
    expect(fake.books().sessions).toMatchObject({ named: 3, absent: 1, deleted: 2 });
    expect(fake.session('unknown').deletedAt).toBeNull();
  });
});
