import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readSettings, type SettingsError } from '@session-queue/core';
import { asksForToken } from '../src/auth/auth-settings.ts';
import { newKey } from '../src/auth/new-key.ts';
import { listenHost, producerSettings } from '../src/settings.ts';

function read(environment: Record<string, string>) {
  return readSettings(producerSettings, environment);
}

function problemsOf(environment: Record<string, string>): string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    return (error as SettingsError).problems.map(({ name, reason }) => `${name} ${reason}`);
  }
}

describe('the settings of the producer', () => {
  test('have defaults for everything', () => {
    expect(read({})).toMatchObject({
      PRODUCER_PORT: 3010,
      PRODUCER_API_KEYS: [],
      PRODUCER_MAX_BODY_BYTES: 50_331_648,
      REDIS_PREFIX: 'session-queue',
    });
  });

  test('let it listen on loopback only as long as there are no API keys', () => {
    expect(listenHost(read({}))).toBe('127.0.0.1');
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1']) {
      expect(listenHost(read({ PRODUCER_HOST: host }))).toBe(host);
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'producer', '127.0.0.1.example.com']) {
      expect(problemsOf({ PRODUCER_HOST: host })).toEqual([
        expect.stringMatching(/^PRODUCER_HOST must be 127\.0\.0\.1/),
      ]);
    }
  });

  test('let it listen everywhere with API keys', () => {
    const keys = { PRODUCER_API_KEYS: 'billing:t1,support:t2' };
    expect(listenHost(read(keys))).toBeUndefined();
    expect(listenHost(read({ ...keys, PRODUCER_HOST: '0.0.0.0' }))).toBe('0.0.0.0');
  });

  test('name everything that is wrong at once, and no value', () => {
    const problems = problemsOf({
      PRODUCER_PORT: 'secret-1',
      PRODUCER_HOST: '0.0.0.0',
      PRODUCER_MAX_BODY_BYTES: '10',
      REDIS_URL: 'http://secret-2',
      LOG_LEVEL: 'secret-3',
    });
    expect(new Set(problems.map((problem) => problem.split(' ')[0]))).toEqual(
      new Set(['LOG_LEVEL', 'PRODUCER_HOST', 'PRODUCER_MAX_BODY_BYTES', 'PRODUCER_PORT', 'REDIS_URL']),
    );
    expect(problems.join()).not.toContain('secret');
  });

  test('do not blame the host when it is the keys that are wrong', () => {
    const problems = problemsOf({ PRODUCER_HOST: '0.0.0.0', PRODUCER_API_KEYS: 'billing' });
    expect(problems).toEqual(['PRODUCER_API_KEYS entry 1 must be name:token or name:sha256:<hash>']);
  });
});

describe('the settings that say who may call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const { token, entry } = newKey({ name: 'lms', scopes: ['request:read'] });

  function keyFile(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  test('take the keys of a file', () => {
    const path = keyFile('good.json', [entry]);
    const settings = read({ PRODUCER_API_KEYS_FILE: path, PRODUCER_HOST: '0.0.0.0' });
    expect(settings.PRODUCER_API_KEYS_FILE).toMatchObject({ path, keys: [{ name: 'lms' }] });
    expect(settings.PRODUCER_RATE_PER_MINUTE).toBe(6_000);
  });

  test('ask for a token, and listen everywhere, with any of the ways, also with a file of no keys', () => {
    const ways = [
      { PRODUCER_API_KEYS: 'a:t' },
      { PRODUCER_API_KEYS_FILE: keyFile('none.json', []) },
      { PRODUCER_OIDC_ISSUER: 'https://id.example', PRODUCER_OIDC_AUDIENCE: 'session-queue' },
    ];
    expect(ways.map((way) => [listenHost(read(way)), asksForToken(read(way))])).toEqual(
      ways.map(() => [undefined, true]),
    );
    expect(asksForToken(read({}))).toBe(false);
  });

  test.each([
    [{ PRODUCER_API_KEYS_FILE: '/nowhere/keys.json' }, ['PRODUCER_API_KEYS_FILE names a file that cannot be read']],
    [{ PRODUCER_OIDC_ISSUER: 'https://id.example' }, ['PRODUCER_OIDC_AUDIENCE is missing']],
    [{ PRODUCER_OIDC_AUDIENCE: 'session-queue' }, ['PRODUCER_OIDC_ISSUER is missing']],
    [{ PRODUCER_OIDC_JWKS_URL: 'https://id.example/keys' }, ['PRODUCER_OIDC_ISSUER is missing']],
    [
      { PRODUCER_OIDC_ISSUER: 'http://id.example', PRODUCER_OIDC_AUDIENCE: 'a' },
      [expect.stringMatching(/^PRODUCER_OIDC_ISSUER must be an https URL/)],
    ],
    // All at once, those that concern each other too.
    [
      { PRODUCER_OIDC_ISSUER: 'https://id.example', PRODUCER_RATE_PER_MINUTE: '-1', LOG_LEVEL: 'x' },
      [
        expect.stringMatching(/^LOG_LEVEL must be one of/),
        'PRODUCER_RATE_PER_MINUTE must be a whole number from 0 to 1000000',
        'PRODUCER_OIDC_AUDIENCE is missing',
      ],
    ],
  ])('refuse %j', (environment, problems) => {
    expect(problemsOf(environment)).toEqual(problems);
  });

  test('refuse a file of keys with a fault, or with the name or token of another key', () => {
    const bad = keyFile('bad.json', [{ ...entry, scopes: ['private'] }]);
    expect(problemsOf({ PRODUCER_API_KEYS_FILE: bad })).toEqual([
      expect.stringMatching(/^PRODUCER_API_KEYS_FILE at entry 1\.scopes\.0 must be one of/),
    ]);
    const PRODUCER_API_KEYS_FILE = keyFile('twin.json', [entry]);
    expect(problemsOf({ PRODUCER_API_KEYS_FILE, PRODUCER_API_KEYS: 'lms:t' })).toEqual([
      'PRODUCER_API_KEYS_FILE has the key lms twice (with PRODUCER_API_KEYS)',
    ]);
    expect(problemsOf({ PRODUCER_API_KEYS_FILE, PRODUCER_API_KEYS: `old:${token}` })).toEqual([
      'PRODUCER_API_KEYS_FILE has one token for old and lms (with PRODUCER_API_KEYS)',
    ]);
  });

  test('take one webhook secret, or several while they change, and the networks that callbacks may reach', () => {
    const [one, two] = [Buffer.alloc(24, 1), Buffer.alloc(64, 2)];
    const text = (secret: Buffer) => `whsec_${secret.toString('base64')}`;
    expect(read({}).WEBHOOK_SECRET).toEqual([]);
    expect(read({ WEBHOOK_SECRET: `${text(one)} ${text(two)}` }).WEBHOOK_SECRET).toEqual([one, two]);
    expect(read({ WEBHOOK_ALLOWED_NETWORKS: '10.1.0.0/16, fd00::/8' }).WEBHOOK_ALLOWED_NETWORKS).toHaveLength(2);
    expect(problemsOf({ WEBHOOK_ALLOWED_NETWORKS: '10.1.0.0/16,10.0.0.1' })).toEqual([
      expect.stringMatching(/^WEBHOOK_ALLOWED_NETWORKS entry 2 must be a network/),
    ]);
    for (const bad of ['private', `${text(one)},${text(two)}`, text(Buffer.alloc(23)), text(Buffer.alloc(65))]) {
      const [problem, ...others] = problemsOf({ WEBHOOK_SECRET: bad });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^WEBHOOK_SECRET entry 1 must be whsec_/);
      expect(problem).not.toContain(bad);
    }
  });
});
