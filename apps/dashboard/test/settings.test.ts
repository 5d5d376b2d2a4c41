import { describe, expect, it } from '@jest/globals';
import { readSettings, SettingsError } from '@session-queue/core';
import { dashboardSettings, listenHost } from '../src/settings.ts';

const users = 'ada:first-password:admin,vera:second-password';

function problems(environment: Record<string, string>): string[] {
  try {
    readSettings(dashboardSettings, environment);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ name, reason }) => `${name} ${reason}`);
  }
}

const host = (environment: Record<string, string>) => listenHost(readSettings(dashboardSettings, environment));

describe('The dashboard listens', () => {
  it('on port 3030 of this machine alone without users, and everywhere with them', () => {
    expect(readSettings(dashboardSettings, {}).DASHBOARD_PORT).toBe(3030);
    expect(host({})).toBe('127.0.0.1');
    expect(host({ DASHBOARD_USERS: users })).toBeUndefined();
  });

  it('where it is told to', () => {
    expect(host({ DASHBOARD_USERS: users, DASHBOARD_HOST: '10.0.0.4' })).toBe('10.0.0.4');
    for (const local of ['127.0.0.1', 'localhost', '::1', '127.9.9.9']) {
      expect(host({ DASHBOARD_HOST: local })).toBe(local);
    }
  });

  it.each(['0.0.0.0', '::', '10.0.0.4', 'dashboard.example'])('never on %s without users', (exposed) => {
    expect(problems({ DASHBOARD_HOST: exposed })).toEqual([
      'DASHBOARD_HOST must be 127.0.0.1 while DASHBOARD_USERS_FILE, DASHBOARD_OIDC_ISSUER and DASHBOARD_USERS are not set: nobody signs in',
    ]);
  });
});

describe('Wrong settings', () => {
  it('are all named at once, without a value', () => {
    const found = problems({
      DASHBOARD_PORT: 'seventy',
      DASHBOARD_HOST: '0.0.0.0',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'http://example',
    });
    expect(found.map((problem) => problem.split(' ')[0])).toEqual(
      expect.arrayContaining(['DASHBOARD_PORT', 'DASHBOARD_HOST', 'LOG_LEVEL', 'REDIS_URL']),
    );
    expect(found.join(' ')).not.toMatch(/seventy|loud|0\.0\.0\.0|example/);
  });

  it('of users are named by position, never by password', () => {
    const found = problems({ DASHBOARD_USERS: 'ada:s3cret:owner,vera', DASHBOARD_HOST: '0.0.0.0' });
    expect(found).toHaveLength(2);
    expect(found.every((problem) => problem.startsWith('DASHBOARD_USERS entry'))).toBe(true);
    expect(found.join(' ')).not.toContain('s3cret');
  });
});
