import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readSettings } from '../../src/config/read-settings.ts';
import { secretsEqual } from '../../src/config/secrets-equal.ts';
import { apiKeysSetting, parseApiKeys, parseUsers, usersSetting } from '../../src/config/sign-in.ts';

describe('API keys', () => {
  test('are names with tokens', () => {
    expect(parseApiKeys('shop:t0ken, grades:b/+=~')).toEqual({
      entries: [
        { name: 'shop', token: 't0ken' },
        { name: 'grades', token: 'b/+=~' },
      ],
      faults: [],
    });
  });

  test('that are wrong are told by position, never by value', () => {
    const { entries, faults } = parseApiKeys('shop:a,private,:private,shop:private,x:,p q:private,ok:pri vate,a:b:c,,');
    expect(entries).toEqual([{ name: 'shop', token: 'a' }]);
    expect(faults).toEqual([
      'entry 2 must be name:token',
      'entry 3 has a name that is not letters, digits and . _ @ -',
      'entry 4 has the name of an entry before it',
      'entry 5 must be name:token',
      'entry 6 has a name that is not letters, digits and . _ @ -',
      'entry 7 has a token that is not printable ASCII without spaces',
      'entry 8 must be name:token',
      'entry 9 must be name:token',
      'entry 10 must be name:token',
    ]);
  });

  test('may not share a token: it would stay open who asked', () => {
    expect(parseApiKeys('a:same,b:same').faults).toEqual(['holds one token twice']);
  });
});

describe('users', () => {
  test('are names with passwords, some of them admins', () => {
    expect(parseUsers('ann@example.com:secret word:admin,bob:admin')).toEqual({
      entries: [
        { name: 'ann@example.com', password: 'secret word', admin: true },
        { name: 'bob', password: 'admin', admin: false },
      ],
      faults: [],
    });
  });

  test('whose role is mistyped are refused, and not made viewers', () => {
    expect(parseUsers('ann:private:amdin,bob:,cid:x:admin:more')).toEqual({
      entries: [],
      faults: [
        'entry 1 must be name:password or name:password:admin',
        'entry 2 must be name:password or name:password:admin',
        'entry 3 must be name:password or name:password:admin',
      ],
    });
  });
});

describe('as settings', () => {
  const schema = z.object({ PRODUCER_API_KEYS: apiKeysSetting, DASHBOARD_USERS: usersSetting });

  test('both are none when not set', () => {
    expect(readSettings(schema, { DASHBOARD_USERS: '' })).toEqual({ PRODUCER_API_KEYS: [], DASHBOARD_USERS: [] });
  });

  test('each fault is told under its variable', () => {
    expect(() => readSettings(schema, { PRODUCER_API_KEYS: 'a,b', DASHBOARD_USERS: 'ann' })).toThrow(
      [
        'wrong settings:',
        '  PRODUCER_API_KEYS entry 1 must be name:token',
        '  PRODUCER_API_KEYS entry 2 must be name:token',
        '  DASHBOARD_USERS entry 1 must be name:password or name:password:admin',
      ].join('\n'),
    );
  });
});

describe('secrets', () => {
  test('are equal only when they are, whatever their lengths', () => {
    expect(secretsEqual('s3cret', 's3cret')).toBe(true);
    expect(secretsEqual('s3cret', 's3creT')).toBe(false);
    expect(secretsEqual('s3cret', 's3cret ')).toBe(false);
    expect(secretsEqual('', 's3cret')).toBe(false);
    expect(secretsEqual('', '')).toBe(true);
  });
});
