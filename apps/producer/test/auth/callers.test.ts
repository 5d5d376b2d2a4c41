import { afterEach, describe, expect, test } from '@jest/globals';
import { readSettings } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { pino } from 'pino';
import { callersOf } from '../../src/auth/callers.ts';
import { producerSettings } from '../../src/settings.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

leakGuard();

describe('the callers that the settings name', () => {
  let issuer: TestIssuer | undefined;

  afterEach(async () => {
    await issuer?.stop();
    issuer = undefined;
  });

  const callers = (environment: Record<string, string>) =>
    callersOf(readSettings(producerSettings, environment), pino({ level: 'silent' }));

  test('are none that could be asked for a token where none is set', () => {
    expect(callers({}).find).toBeUndefined();
  });

  test('are those of keys and of the issuer, side by side', async () => {
    issuer = await startIssuer();
    const { find } = callers({
      PRODUCER_API_KEYS: 'billing:tok',
      PRODUCER_OIDC_ISSUER: issuer.url,
      PRODUCER_OIDC_AUDIENCE: 'session-queue',
      PRODUCER_OIDC_JWKS_URL: `${issuer.url}/keys`,
      PRODUCER_OIDC_SCOPE_CLAIM: 'scp',
      PRODUCER_OIDC_CONSUMERS_CLAIM: 'tenants',
      PRODUCER_OIDC_NAME_CLAIM: 'app',
    });
    expect(await find?.('tok')).toMatchObject({ id: 'billing', name: 'billing' });
    expect(issuer.asked).toEqual([]);
    const token = await issuer.token({ app: 'LMS', scp: 'request:read', tenants: 'north' });
    expect(await find?.(token)).toEqual({
      id: 'oidc LMS',
      name: 'LMS',
      scopes: new Set(['request:read']),
      consumers: ['north'],
    });
    expect(issuer.asked).toEqual(['/keys']);
    expect(await find?.('nope')).toBeUndefined();
  });
});
