import { describe, expect, test } from '@jest/globals';
import { signatureOf } from '../src/call/signature.ts';
import { formOf, key, secret } from './stage/caller.ts';
import { refused, stage } from './stage/stage.ts';

const security = { consumer_key: key, domain: 'localhost', timestamp: '20140626-0528' };
const vectors = [
  ['get', '$02$e19c8a62fba81ef6baf2731e2ab0512feaf573ca5ca5929c2ee9a77303d2e197'],
  ['post', '$02$9d1971fb9ac51482f7e73dcf87fc029d4a3dfffa05314f71af9d89fb3c2bcf16'],
] as const;

describe('a signature', () => {
  test.each(vectors)('is the published one for the action %s', (action, signature) => {
    expect(signatureOf(security, secret, '{"limit":100}', action)).toBe(signature);
  });

  test.each(vectors)('that was published is accepted over HTTP for the action %s', async (action, signature) => {
    const { send } = await stage({ clock: () => Date.UTC(2014, 5, 26, 5, 30) });
    const reply = await send({
      path: '/v2026.2.LTS/jobs',
      action,
      request: '{"limit":100}',
      timestamp: security.timestamp,
      signature,
    });
    // Past the signature: what is wrong is the limit, or that there is no such action.
    expect(refused(reply)).toEqual({ status: 400, code: 20004 });
    expect(reply.meta.message).toMatch(action === 'get' ? /limit/ : /action post/);
  });

  test('covers expires and user id, in this order', async () => {
    const { jobs, now } = await stage();
    const expires = '20260701-1300';
    expect(now()).toBeLessThan(Date.UTC(2026, 6, 1, 13));
    expect((await jobs({}, { expires, userId: 'me' })).status).toBe(200);
  });

  test('is over the exact text of the request, spaces and all', async () => {
    const { send } = await stage();
    const reply = await send({
      path: '/v2026.2.LTS/jobs',
      action: 'get',
      request: '{ "limit" :  5, "meta": {"é+": "%2B"} }',
    });
    expect(reply.body).toMatchObject({ meta: { status: true }, data: [] });
  });

  test.each([
    ['another secret', { secret: 'wrong' }],
    ['another format', { signature: 'abc' }],
    ['the signature of another call', { signature: vectors[0][1] }],
  ])('of %s is refused', async (_, call) => {
    const { jobs, fake } = await stage();
    expect(refused(await jobs({}, call))).toEqual({ status: 403, code: 41003 });
    expect(fake.books().consumers[key]?.jobs).toMatchObject({
      received: 1,
      counted: 0,
      accepted: 0,
      refused: { 41003: 1 },
    });
  });

  test('over a request that was changed on the way is refused', async () => {
    const { send, deletion } = await stage();
    const body = formOf({ action: 'delete', request: { session_ids: ['a'] }, now: Date.UTC(2026, 6, 1, 12) });
    expect(refused(await send({ action: '', request: '', body: body.replace('%22a%22', '%22b%22') }))).toEqual({
      status: 403,
      code: 41003,
    });
    expect((await deletion(['a'])).status).toBe(200);
  });
});
