import { describe, expect, test } from '@jest/globals';
import { key, secret } from './stage/caller.ts';
import { stage } from './stage/stage.ts';

const failing = { fault: 'error', status: 500 } as const;

describe('a script', () => {
  test('strikes as often as it says, and is spent', async () => {
    const { jobs, fake } = await stage();
    const script = fake.script({ ...failing, times: 2 });
    const seen = [await jobs({}), await jobs({}), await jobs({})].map((reply) => reply.status);
    expect(seen).toEqual([500, 500, 200]);
    expect(script.struck()).toBe(2);
  });

  test('strikes until it is taken out of force', async () => {
    const { jobs, fake } = await stage();
    const script = fake.script(failing);
    expect((await jobs({})).status).toBe(500);
    script.remove();
    script.remove();
    expect((await jobs({})).status).toBe(200);
  });

  test('strikes the calls, consumers and items that it matches', async () => {
    const other = { key: 'other', secret: 'other', domains: ['localhost'] };
    const { deletion, jobs, metadata, fake } = await stage({
      consumers: [{ key, secret, domains: ['localhost'] }, other],
    });
    fake.script({ ...failing, status: 501, match: { endpoint: 'jobs' } });
    fake.script({ ...failing, status: 502, match: { endpoint: ['deletion', 'metadata'], consumer: 'other' } });
    fake.script({ ...failing, status: 503, match: { holding: ['poison', 'venom'] } });
    const asOther = { key: 'other', secret: 'other' };
    expect((await jobs({})).status).toBe(501);
    expect((await metadata({}, asOther)).status).toBe(502);
    expect((await metadata({})).status).toBe(200);
    expect((await deletion(['a'], asOther)).status).toBe(502);
    expect((await deletion(['a', 'venom'])).status).toBe(503);
    expect((await deletion(['a'])).status).toBe(200);
  });

  test('strikes by chance, the same for the same seed', async () => {
    const tosses = async (seed: string) => {
      const { jobs, fake } = await stage({ seed });
      fake.script({ ...failing, probability: 0.3 });
      const seen: number[] = [];
      for (let sent = 0; sent < 200; sent += 1) seen.push((await jobs({})).status);
      return seen;
    };
    const [one, again, another] = [await tosses('one'), await tosses('one'), await tosses('another')];
    expect(again).toEqual(one);
    expect(another).not.toEqual(one);
    const struck = one.filter((status) => status === 500).length;
    expect(struck).toBeGreaterThan(35);
    expect(struck).toBeLessThan(85);
  });

  test('that comes first decides the outcome; others add up', async () => {
    const { deletion, advance, fake } = await stage();
    fake.script({ fault: 'halted' });
    fake.script({ fault: 'badJson', times: 1 });
    const second = fake.script({ fault: 'cut' });
    expect((await deletion(['a'])).body).toBeUndefined();
    expect(second.struck()).toBe(0);
    advance(10_000);
    expect(fake.books().jobs.halted).toBe(1);
    await expect(deletion(['a'])).rejects.toThrow(/hang up/);
  });

  test('may be in force from the start', async () => {
    const { jobs } = await stage({ script: [failing] });
    expect((await jobs({})).status).toBe(500);
  });

  test('is refused when it is malformed or names an unknown consumer', async () => {
    const { fake } = await stage();
    expect(() => fake.script({ fault: 'error', status: 99 })).toThrow(/status/);
    expect(() => fake.script({ fault: 'latency', min: 2, max: 1 })).toThrow(/min must not be over max/);
    expect(() => fake.script({ fault: 'secret', consumer: 'nobody', secret: 'x' })).toThrow(/unknown consumer/);
    expect(() => fake.script({ ...failing, match: { consumer: 'nobody' } })).toThrow(/unknown consumer/);
  });
});

describe('scripting over HTTP', () => {
  const post = (url: string, body: unknown) =>
    fetch(`${url}/__script`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

  test('puts faults in force, lists them with their strikes, and takes them out', async () => {
    const { jobs, fake } = await stage();
    const posted = await post(fake.url, [{ ...failing, times: 9 }, { fault: 'html' }]);
    expect(posted.status).toBe(201);
    expect(await posted.json()).toMatchObject([
      { id: 1, struck: 0, fault: 'error', times: 9 },
      { id: 2, fault: 'html' },
    ]);
    expect((await jobs({})).status).toBe(500);
    const listed = await fetch(`${fake.url}/__script`);
    expect(await listed.json()).toMatchObject([
      { id: 1, struck: 1 },
      { id: 2, struck: 0 },
    ]);
    expect((await fetch(`${fake.url}/__script/1`, { method: 'DELETE' })).status).toBe(200);
    expect((await fetch(`${fake.url}/__script/1`, { method: 'DELETE' })).status).toBe(404);
    expect((await jobs({})).status).toBe(502);
    expect((await fetch(`${fake.url}/__script`, { method: 'DELETE' })).status).toBe(200);
    expect((await jobs({})).status).toBe(200);
  });

  test('changes a secret', async () => {
    const { jobs, fake } = await stage();
    expect((await post(fake.url, { fault: 'secret', consumer: key, secret: 'new' })).status).toBe(201);
    expect((await jobs({})).status).toBe(403);
    expect((await jobs({}, { secret: 'new' })).status).toBe(200);
  });

  test.each([
    ['no JSON', '{', /expected object/],
    ['no known fault', { fault: 'nonsense' }, /fault/],
    ['a misspelt field', { ...failing, time: 3 }, /time/],
    ['an unknown consumer', { ...failing, match: { consumer: 'nobody' } }, /unknown consumer: nobody/],
    ['an array with one that is wrong', [failing, { fault: 'latency', min: 5, max: 1 }], /min must not be over max/],
  ])('refuses %s, with the reason, and puts nothing in force', async (_, body, reason) => {
    const { fake } = await stage();
    const reply = await post(fake.url, body);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ error: expect.stringMatching(reason) });
    expect(await (await fetch(`${fake.url}/__script`)).json()).toEqual([]);
  });
});
