import { describe, expect, test } from '@jest/globals';
import { key, timestampOf } from './stage/caller.ts';
import { refused, stage } from './stage/stage.ts';

const minute = 60_000;

describe('the form', () => {
  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])('is not %s', async (contentType) => {
    const { deletion } = await stage();
    expect(refused(await deletion(['a'], { contentType }))).toEqual({ status: 400, code: 20000 });
  });

  test('may name its charset', async () => {
    const { deletion } = await stage();
    const contentType = 'application/x-www-form-urlencoded; charset=utf-8';
    expect((await deletion(['a'], { contentType })).status).toBe(200);
  });

  test.each([
    ['no security', 'request=%7B%7D&action=get', 41000],
    ['no request', 'security=%7B%7D&action=get', 20000],
    ['no action', 'security=%7B%7D&request=%7B%7D', 20000],
    ['an empty action', 'security=%7B%7D&request=%7B%7D&action=', 20000],
    ['two requests', 'security=%7B%7D&request=1&request=2&action=get', 20002],
    ['broken escapes', 'security=%7B%7D&request=%E0%A4%A&action=get', 20004],
    ['security that is not JSON', 'security=x&request=%7B%7D&action=get', 41000],
    ['security without its fields', 'security=%7B%7D&request=%7B%7D&action=get', 41000],
  ])('with %s is refused', async (_, body, code) => {
    const { send, fake } = await stage();
    expect(refused(await send({ action: '', request: '', body }))).toEqual({ status: 400, code });
    expect(fake.books().strays).toMatchObject({ received: 1, refused: { [code]: 1 } });
  });
});

describe('security', () => {
  test('of an unknown consumer is refused', async () => {
    const { deletion, fake } = await stage();
    expect(refused(await deletion(['a'], { key: 'nobody' }))).toEqual({ status: 403, code: 41002 });
    expect(fake.books().strays.refused).toEqual({ 41002: 1 });
  });

  test('for a domain that is not on the list is refused', async () => {
    const { deletion, fake } = await stage();
    expect(refused(await deletion(['a'], { domain: 'example.com' }))).toEqual({ status: 403, code: 41005 });
    expect(fake.books().consumers[key]?.deletion.refused).toEqual({ 41005: 1 });
  });

  test.each([-5, 5])('with a timestamp %i minutes away is accepted', async (minutes) => {
    const { deletion, now } = await stage();
    expect((await deletion(['a'], { timestamp: timestampOf(now() + minutes * minute) })).status).toBe(200);
  });

  test.each([-6, 6])('with a timestamp %i minutes away is refused', async (minutes) => {
    const { deletion, now } = await stage();
    const timestamp = timestampOf(now() + minutes * minute);
    expect(refused(await deletion(['a'], { timestamp }))).toEqual({ status: 403, code: 41004 });
  });

  test.each(['2026-07-01 12:00', '20260701-12', '20260732-1200', 'now'])(
    'with the timestamp %s is refused',
    async (timestamp) => {
      const { deletion } = await stage();
      expect(refused(await deletion(['a'], { timestamp }))).toEqual({ status: 403, code: 41004 });
    },
  );

  test.each(['20260701-1200', 'tomorrow'])('that expires %s is refused', async (expires) => {
    const { deletion } = await stage();
    expect(refused(await deletion(['a'], { expires }))).toEqual({ status: 403, code: 41006 });
  });

  test('changes its secret at the moment that is scripted', async () => {
    const { deletion, advance, fake } = await stage();
    fake.script({ fault: 'secret', consumer: key, secret: 'new', afterMs: 1000 });
    expect((await deletion(['a'])).status).toBe(200);
    advance(1000);
    expect(refused(await deletion(['a']))).toEqual({ status: 403, code: 41003 });
    expect((await deletion(['a'], { secret: 'new' })).status).toBe(200);
  });
});

describe('the request', () => {
  test.each([
    ['{', 20009],
    ['[]', 20003],
    ['"x"', 20003],
    ['{"session_ids": ["a"], "session_id": ["a"]}', 20004],
  ])('%s is refused, and takes a place in the quota', async (request, code) => {
    const { send, fake } = await stage();
    expect(refused(await send({ action: 'delete', request }))).toEqual({ status: 400, code });
    expect(fake.books().consumers[key]?.deletion).toMatchObject({ counted: 1, accepted: 0, refused: { [code]: 1 } });
  });

  test('may hold the telemetry of the SDKs', async () => {
    const { send } = await stage();
    const request = { session_ids: ['a'], meta: { sdk: { version: '1' } } };
    expect((await send({ action: 'delete', request })).status).toBe(200);
  });

  test('that is larger than the stand-in reads is refused', async () => {
    const { deletion, fake } = await stage({ maxBodyBytes: 500 });
    expect((await deletion(['a'])).status).toBe(200);
    expect((await deletion(['a'.repeat(500)])).status).toBe(413);
    expect(fake.books().strays.received).toBe(1);
  });

  test('with routing headers that contradict it is noted', async () => {
    const { deletion, fake } = await stage();
    const right = { 'x-learnosity-consumer': key, 'x-learnosity-action': 'delete_/sessions' };
    await deletion(['a'], { headers: right });
    expect(fake.books().consumers[key]?.deletion.misrouted).toBe(0);
    await deletion(['a'], { headers: { ...right, 'x-learnosity-action': 'set_/sessions' } });
    await deletion(['a'], { headers: { ...right, 'x-learnosity-consumer': 'another' } });
    expect(fake.books().consumers[key]?.deletion).toMatchObject({ misrouted: 2, accepted: 3 });
  });
});
