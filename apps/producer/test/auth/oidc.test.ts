import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { UnsecuredJWT } from 'jose';
import { type OidcOptions, oidcFinder } from '../../src/auth/find-oidc-caller.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { problemIn } from '../support/problem.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';

leakGuard();

describe('tokens of an OpenID Connect issuer', () => {
  const queue = new MemoryQueue();
  let issuer: TestIssuer;
  let producer: TestProducer | undefined;

  beforeEach(async () => {
    issuer = await startIssuer();
  });
  afterEach(async () => {
    await producer?.stop();
    producer = undefined;
    await issuer.stop();
  });

  const optionsOf = (more: Partial<OidcOptions> = {}): OidcOptions => ({
    issuer: issuer.url,
    audience: 'session-queue',
    scope: 'scope',
    ...more,
  });

  async function call(token: string, path = '/v1/requests/x', init: RequestInit = {}): Promise<Response> {
    producer ??= await startProducer({ queue, findCaller: oidcFinder(optionsOf()) });
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    return await producer.fetch(path, { ...init, headers });
  }

  test('are known by its keys, which discovery names; both are asked for once', async () => {
    const token = await issuer.token();
    expect((await call(token)).status).toBe(404);
    expect((await call(token)).status).toBe(404);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('may do what their scopes say, and nothing else', async () => {
    const body = JSON.stringify({ sessionIds: ['a'] });
    const read = await issuer.token({ scope: 'openid request:read' });
    expect((await call(read, '/v1/deletions', { method: 'POST', body })).status).toBe(403);
    const create = await issuer.token({ scope: 'deletion:create', client_id: 'exams' });
    const accepted = await call(create, '/v1/deletions', { method: 'POST', body });
    expect(accepted.status).toBe(202);
    const { id } = (await accepted.json()) as { id: string };
    expect(queue.kept.get(id)?.view.requestedBy).toBe('exams');
    expect(await producer?.logEntry({ change: 'create' })).toMatchObject({ by: 'exams', request: id });
  });

  test.each<[string, () => Promise<string>]>([
    ['for another audience', async () => await issuer.token({ aud: 'other' })],
    ['of another issuer', async () => await issuer.token({ iss: 'https://evil.example' })],
    ['signed with a secret', async () => await issuer.token({}, { alg: 'HS256', key: Buffer.alloc(32, 1) })],
    ['signed by nobody', async () => new UnsecuredJWT({ client_id: 'lms', scope: 'request:read' }).encode()],
    ['that was changed', async () => (await issuer.token()).replace(/\.[\w-]+\./, `.${claims({ scope: 'x' })}.`)],
    ['without an end', async () => await issuer.token({}, { expires: null })],
    ['without a name', async () => await issuer.token({ client_id: '\u0000' })],
    ['that is none', async () => 'a.b.c'],
  ])('%s are a 401', async (_what, make) => {
    const response = await call(await make());
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect((await problemIn(response)).status).toBe(401);
  });

  const claims = (values: object) => Buffer.from(JSON.stringify(values)).toString('base64url');

  test('that have ended are a 401 that says so', async () => {
    const response = await call(await issuer.token({}, { expires: -60 }));
    expect(await problemIn(response)).toMatchObject({ status: 401, detail: 'This API token has ended.' });
  });

  test('that are no JWT are not worth a question to the issuer', async () => {
    expect((await call('sq_abc')).status).toBe(401);
    expect(issuer.asked).toEqual([]);
  });

  test('are a 503 while the issuer is broken, and known once it is well', async () => {
    issuer.broken = true;
    const token = await issuer.token();
    for (const _step of ['discovery', 'discovery again']) {
      const response = await call(token);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await problemIn(response)).toMatchObject({
        status: 503,
        type: 'urn:problem-type:session-queue:issuer-away',
      });
    }
    issuer.broken = false;
    expect((await call(token)).status).toBe(404);
    issuer.broken = true;
    // Its keys are kept.
    expect((await call(token)).status).toBe(404);
  });

  test.each([
    ['of another issuer', () => ({ issuer: 'https://evil.example' })],
    // The same server by a name that does not say that it is this machine.
    [
      'that sends us to an open line',
      () => ({ jwks_uri: `${issuer.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')}/keys` }),
    ],
    ['without keys', () => ({ jwks_uri: undefined })],
  ])('are not checked by a discovery document %s', async (_what, discovery) => {
    issuer.discovery = discovery();
    expect((await call(await issuer.token())).status).toBe(503);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration']);
  });

  test('are checked by the keys at an address that is given, without discovery', async () => {
    const find = oidcFinder(optionsOf({ jwksUrl: `${issuer.url}/keys` }));
    expect(await find(await issuer.token())).toMatchObject({ id: 'oidc lms', name: 'lms' });
    expect(issuer.asked).toEqual(['/keys']);
  });

  test('say their name, scopes and consumers in the claims that the settings name', async () => {
    const find = oidcFinder(optionsOf({ scope: 'scp', consumers: 'tenants', name: 'app' }));
    const given = await issuer.token({ app: 'Learning', scp: ['request:read', 'other'], tenants: ['north', 'west'] });
    expect(await find(given)).toEqual({
      id: 'oidc Learning',
      name: 'Learning',
      scopes: new Set(['request:read']),
      consumers: ['north', 'west'],
    });
    // Not a word of consumers is none, not all.
    expect(await find(await issuer.token({ app: 'Learning' }))).toMatchObject({ scopes: new Set(), consumers: [] });
    expect(await find(await issuer.token())).toBeUndefined();
  });

  test('are named by client_id, else azp, else sub', async () => {
    const find = oidcFinder(optionsOf());
    const names = [
      { azp: 'b', sub: 'c' },
      { client_id: undefined, azp: 'b', sub: 'c' },
      { client_id: '', sub: 'c' },
    ];
    const found = await Promise.all(names.map(async (name) => await find(await issuer.token(name))));
    expect(found.map((caller) => typeof caller === 'object' && caller.name)).toEqual(['lms', 'b', 'c']);
  });
});
