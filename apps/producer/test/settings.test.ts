import { describe, expect, test } from '@jest/globals';
import { readSettings, type SettingsError } from '@session-queue/core';
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
    expect(problems).toEqual(['PRODUCER_API_KEYS entry 1 must be name:token']);
  });
});
